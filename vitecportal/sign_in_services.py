"""Single sign-on as the environment describes it: Microsoft Entra, and one more OpenID Connect."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import environ

ENTRA = "https://login.microsoftonline.com"
SCOPES = "openid profile email"


def sign_in_services(
    env: environ.Env,
) -> tuple[dict[str, Any], dict[str, dict[str, Any]], list[str]]:
    """allauth's providers; per service whom it lets in; and the origins that forms may lead to.

    A service is there when its client id is given; see .env.example.
    """
    apps: list[dict[str, Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    origins: list[str] = []
    tenant = env.str("ENTRA_TENANT", default="")
    services = [
        ("entra", "ENTRA", f"{ENTRA}/{tenant}/v2.0", "Microsoft", tenant),
        ("oidc", "OIDC", env.str("OIDC_SERVER", default=""), "OpenID", ""),
    ]
    for key, prefix, server, name, only_tenant in services:
        client_id = env.str(f"{prefix}_CLIENT_ID", default="")
        if not client_id:
            continue
        apps.append(
            {
                "provider_id": key,
                "name": env.str(f"{prefix}_NAME", default=name),
                "client_id": client_id,
                "secret": env.str(f"{prefix}_CLIENT_SECRET", default=""),
                "settings": {
                    "server_url": server,
                    "oauth_pkce_enabled": True,
                    "scope": _words(env.str(f"{prefix}_SCOPES", default=SCOPES)),
                },
            }
        )
        sources[key] = {
            "tenant": only_tenant,
            "domains": env.list(f"{prefix}_DOMAINS", default=[]),
            "groups": env.list(f"{prefix}_GROUPS", default=[]),
            "groups_claim": env.str(f"{prefix}_GROUPS_CLAIM", default="groups"),
            "second_step": _words(env.str(f"{prefix}_SECOND_STEP", default="")),
        }
        parts = urlsplit(server)
        origins.append(f"{parts.scheme}://{parts.netloc}")
    stricter = {"provider_class": "accounts.oidc.Provider", "OAUTH_PKCE_ENABLED": True}
    return {"openid_connect": {**stricter, "APPS": apps}}, sources, origins


def _words(said: str) -> list[str]:
    """Parted by commas or spaces: OpenID Connect writes its own lists with spaces."""
    return [word for word in re.split(r"[,\s]+", said) if word]
