"""OpenID Connect more strictly than allauth's own: whoever is vouched for is vouched for anew.

The answer must be signed by the service that the settings name, for this portal, to the very
question that this browser was sent away with (OpenID Connect Core, 3.1.3.7).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

WELL_KNOWN = "/.well-known/"
# Signatures that only the service can make: none that our own secret would make as well.
SIGNATURES = [
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
] + ["EdDSA"]  # fmt: skip
# Seconds by which the service's clock may be off ours.
LEEWAY = 60


class NotVouchedFor(Exception):
    """What the service said is not its answer to our question."""


class Adapter(OpenIDConnectOAuth2Adapter):
    """Speaks to the service that the settings name, and believes what it has signed."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Raises OAuth2Error when the service calls itself by another name than the settings."""
        config: dict[str, Any] = super().openid_config
        named = self.get_provider().app.settings["server_url"].partition(WELL_KNOWN)[0]
        if str(config.get("issuer", "")).rstrip("/") != named.rstrip("/"):
            raise OAuth2Error("The sign-in service is another than the settings name.")
        return config

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Raises OAuth2Error for a token of anybody else, for anybody else, or of yesterday."""
        try:
            said: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key_of(id_token).key,
                algorithms=SIGNATURES,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("Invalid id_token") from error
        return said

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The key of the service's that the token names, or its only one."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        name = jwt.get_unverified_header(id_token).get("kid")
        fitting = [
            key
            for key in keys
            if name in (None, key.key_id) and key.public_key_use in (None, "sig")
        ]
        if len(fitting) != 1:
            raise OAuth2Error("The id_token names no key of the service.")
        return fitting[0]


class Provider(OpenIDConnectProvider):
    """Asks with a number used once; a link adds nothing to what is asked for."""

    oauth2_adapter_class = Adapter

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **_asked: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(32)
        params = self.get_auth_params() | {"nonce": nonce}
        try:
            answer: HttpResponse = super().redirect(
                request,
                process,
                next_url,
                data,
                auth_params=params,
                scope=self.get_scope(),
                nonce=nonce,
            )
        except (OAuth2Error, OSError) as error:
            # It is away, or is not the one that the settings name.
            return render_authentication_error(request, self, exception=error)
        return answer


def vouch(extra: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Raises NotVouchedFor unless the service has signed whom it means, in answer to `state`.

    extra: {"id_token": claims, "userinfo": claims}, the second as it was looked up, unsigned.
    """
    signed, looked_up = extra.get("id_token") or {}, extra.get("userinfo") or {}
    asked, answered = str(state.get("nonce") or ""), str(signed.get("nonce") or "")
    if not asked or not constant_time_compare(asked, answered):
        raise NotVouchedFor
    if looked_up and looked_up.get("sub") != signed.get("sub"):
        raise NotVouchedFor


@login_not_required
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Away to the service. Raises Http404 for one that the settings do not know."""
    return _with_adapter(OAuth2LoginView, request, provider_id)


@login_not_required
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the service. Raises Http404 for one that the settings do not know."""
    return _with_adapter(OAuth2CallbackView, request, provider_id)


def _with_adapter(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
