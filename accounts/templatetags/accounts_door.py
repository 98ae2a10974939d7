"""Words of the sign-in pages: the services, a browser's name, data for a script."""

from __future__ import annotations

import json
import re
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import gettext as _

from accounts import kept, second_step
from offices.models import User

register = template.Library()

BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]


@register.simple_tag
def sign_in_services() -> list[dict[str, str]]:
    """Each with `key` and `name`, in the order of the settings."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [{"key": app["provider_id"], "name": app["name"]} for app in apps]


@register.simple_tag
def service_name(key: str) -> str:
    """What the settings call a service; its key when they no longer know it."""
    return next((each["name"] for each in sign_in_services() if each["key"] == key), key)


@register.simple_tag(takes_context=True)
def second_step_missing(context: Context) -> bool:
    """Must this person set up a second step before anything else?"""
    return second_step.missing(context["request"])


@register.simple_tag(name="json")
def as_json(value: Any) -> str:
    """For an attribute that a script reads; escaped like any text."""
    return json.dumps(value)


@register.filter
def browser(agent: str) -> str:
    """`Firefox, Windows` out of what a browser says of itself."""
    name = next((said for mark, said in BROWSERS if mark in agent), "")
    system = next((said for mark, said in SYSTEMS if re.search(mark, agent)), "")
    return ", ".join(filter(None, (name, system))) or _("Unknown browser")


@register.simple_tag(takes_context=True)
def whose(context: Context) -> str:
    """The mark of who is signed in, "" for nobody; a page compares it after a new sign-in."""
    user = context.get("user")
    return kept.mark_of(user) if isinstance(user, User) and user.is_authenticated else ""
