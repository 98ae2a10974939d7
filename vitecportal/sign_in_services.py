"""Single sign-on as the environment describes it: Microsoft Entra, and one more OpenID Connect."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ

ENTRA = "https://login.microsoftonline.com"


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
                "settings": {"server_url": server, "oauth_pkce_enabled": True},
            }
        )
        sources[key] = {
            "tenant": only_tenant,
            "domains": env.list(f"{prefix}_DOMAINS", default=[]),
            "groups": env.list(f"{prefix}_GROUPS", default=[]),
        }
        parts = urlsplit(server)
        origins.append(f"{parts.scheme}://{parts.netloc}")
    providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
    return providers, sources, origins
