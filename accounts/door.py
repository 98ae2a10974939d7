"""The addresses of signing in. allauth's own names, since it asks for them; ours all the same.

What is not here does not exist: no sign-up, no changing of addresses.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.usersessions import views as usersessions
from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.http import require_POST

from accounts import oidc


class Number36(StringConverter):
    """A person's number as a reset link writes it; what follows the hyphen is not part of it."""

    regex = "[0-9A-Za-z]+"


register_converter(Number36, "number36")


class SignOut(account.LogoutView):
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Out; and what the browser had put aside of our pages goes with it."""
        response: HttpResponse = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


# Whoever found a screen open is not to end its owner's other sessions; looking is free.
sessions = reauthentication_required(allow_get=True, app="allauth.account")(
    usersessions.list_usersessions
)


urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", require_POST(SignOut.as_view()), name="account_logout"),
    path("sign-in/shut/", account.account_inactive, name="account_inactive"),
    path("sign-in/second-step/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/password/", account.password_reset, name="account_reset_password"),
    path("sign-in/password/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "sign-in/password/changed/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "sign-in/password/<number36:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("sign-in/with/<str:provider_id>/", oidc.sign_in, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", oidc.back, name="openid_connect_callback"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/sessions/", sessions, name="usersessions_list"),
    path("account/connections/", social.connections, name="socialaccount_connections"),
    path("account/second-step/", mfa.index, name="mfa_index"),
    path("account/second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "account/second-step/codes/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-step/codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("account/second-step/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("account/second-step/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "account/second-step/passkeys/<int:pk>/remove/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-step/passkeys/<int:pk>/name/",
        webauthn.edit_webauthn,
        name="mfa_edit_webauthn",
    ),
]
