"""What allauth asks us: its words in ours, its secrets sealed, its doors shut."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import oidc, sso
from accounts.mail import tell_of_change
from lib.sealing import seal, unseal
from offices.models import User

logger = logging.getLogger(__name__)

# What is worth saying after something was done; of the rest the page itself is proof.
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "usersessions/messages/sessions_logged_out.txt": _("You are signed out everywhere else."),
    "socialaccount/messages/account_connected.txt": _("The sign-in is connected."),
    "socialaccount/messages/account_disconnected.txt": _("The sign-in is no longer connected."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is shut."),
        "username_password_mismatch": _("The username or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The present password is wrong."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again."),
        "rate_limited": _("Too many attempts. Wait a little and try again."),
        "invalid_password_reset": _("The link has been used or has run out."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(
        self, request: HttpRequest, user: Any, *, signal_kwargs: Any, **said: Any
    ) -> HttpResponse | None:
        """Whom a sign-in service alone lets in comes by it, and by no passkey of ours alone."""
        answer: HttpResponse | None = super().pre_login(
            request, user, signal_kwargs=signal_kwargs, **said
        )
        by_service = "sociallogin" in (signal_kwargs or {})
        if answer is None and not by_service and sso.alone_lets_in(user):
            clear_login(request)
            return render(request, "socialaccount/by_service_alone.html", status=403)
        return answer

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *a: Any, **kw: Any
    ) -> None:
        if said := SAID.get(message_template):
            messages.success(request, said)
        elif message := kw.get("message"):
            messages.add_message(request, level, message)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """An attempt too many is in the log, by its request alone."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            logger.warning("a sign-in was one too many, request %s", getattr(request, "id", "-"))
            raise

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: Any = None
    ) -> None:
        """A change of what guards the account, told to its person."""
        tell_of_change(user, template_prefix)


class SecondStepAdapter(DefaultMFAAdapter):
    """TOTP keys and the seeds of recovery codes lie sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong."),
        "cannot_delete_authenticator": _("You cannot remove your last second step."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %d") % number


def _is_taken(address: str) -> bool:
    return bool(address) and User.objects.filter(email__iexact=address).exists()


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: only whom the settings let in, with the places that their groups give."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": _("Another account has this sign-in already."),
    }

    def get_requests_session(self) -> Any:
        """A sign-in service answers at its own address, and leads our secret nowhere else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        extra = sociallogin.account.extra_data
        try:
            oidc.vouch(extra, sociallogin.state)
        except oidc.NotVouchedFor:
            self.on_authentication_error(request)
        claims, signed = sso.claims_of(extra), extra["id_token"]
        # Of what the service told nothing is kept but the name by which it knows the person.
        sociallogin.account.extra_data = {}
        provider = sociallogin.account.provider
        source = sso.source(provider)
        if source is None or not source.lets_in(claims):
            raise ImmediateHttpResponse(self._refused(request))
        connecting = sociallogin.state.get("process") == "connect"
        if not (sociallogin.is_existing or connecting) and _is_taken(sociallogin.user.email):
            # Never joined by an address: whoever owns the account connects it, signed in.
            raise ImmediateHttpResponse(
                render(request, "socialaccount/connect_first.html", status=403)
            )
        places = self._places(request, source, claims)
        sociallogin.state["two_steps"] = source.asked_for_two(signed)
        sociallogin.state["places"] = [(place.customer_id, place.role) for place in places]
        if sociallogin.is_existing and source.gives_places:
            sso.settle_places(sociallogin.user, provider, places)

    def _places(
        self, request: HttpRequest, source: sso.Source, claims: dict[str, Any]
    ) -> list[sso.PlaceByGroup]:
        try:
            return source.places(claims)
        except sso.GroupsLeftOut as error:
            page = render(request, "socialaccount/groups_left_out.html", status=403)
            raise ImmediateHttpResponse(page) from error

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(sociallogin.state.get("places"))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        source = sso.source(sociallogin.account.provider)
        if source is not None:
            places = [sso.PlaceByGroup(*pair) for pair in sociallogin.state["places"]]
            sso.settle_places(user, sociallogin.account.provider, places)
        return user

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(
            render(request, "socialaccount/authentication_error.html", status=403)
        )

    def _refused(self, request: HttpRequest) -> Any:
        return render(request, "account/signup_closed.html", status=403)
