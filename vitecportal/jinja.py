"""The second template language: for the rows of long lists, where the time goes.

Why there are two is told in docs/decisions/0013. The files lie in an app's folder `jinja2`;
they have `_`, `icon` and the filters named here.
"""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import capfirst, date, floatformat
from django.utils import timezone
from django.utils.translation import gettext
from jinja2 import Environment

from vitecportal.templatetags.house import dialled, icon, moment


def environment(**options: Any) -> Environment:
    """What Django asks for. Whatever is written is escaped."""
    more = {name: option for name, option in options.items() if name != "autoescape"}
    made = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, **more)
    made.globals |= {"_": gettext, "icon": icon}
    made.filters |= {
        "capfirst": capfirst,
        "date": date,
        "dialled": dialled,
        "floatformat": floatformat,
        "local": timezone.localtime,
        "moment": moment,
    }
    return made
