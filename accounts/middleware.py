"""Between a request and its page: who must sign in, with how many steps, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts import kept, second_step
from accounts.forms import SignInForm
from offices import limits
from offices.models import User

Handler = Callable[[HttpRequest], HttpResponse]

# What somebody who lacks a second step needs to set one up, or to leave.
WITHOUT_SECOND_STEP = {
    "account_logout",
    "account_login",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "set_language",
    "healthz",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "accounts:token",
    "accounts:back",
}


class SignInRequired(LoginRequiredMiddleware):
    """Who is not signed in signs in; what they had just posted waits for them meanwhile."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        token = kept.sealed(request)
        if not token:
            return super().handle_no_permission(request, view_func)
        return ask_to_sign_in(request, token)


def ask_to_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """The sign-in page, carrying what was posted as a sealed token."""
    context = {
        "form": SignInForm(),
        "kept": token,
        "redirect_field_value": reverse("accounts:go_on"),
    }
    response = render(request, "account/login.html", context, status=401)
    # It carries what was posted: no browser and no cache keeps it.
    response["Cache-Control"] = "no-store, private"
    return response


def carry_what_was_posted(get_response: Handler) -> Handler:
    """A sealed token that comes with a sign-in goes on in the session, through all its steps."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            token = request.POST.get(kept.FIELD, "")
            if token and len(token) < 4 * kept.LONGEST and kept.is_ours(token):
                request.session[kept.SESSION_KEY] = token
        return get_response(request)

    return middleware


def remember_whose_browser(get_response: Handler) -> Handler:
    """A mark of the person who last worked here: another's half-sent form is not shown to them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            name, mark = kept.request_cookie(request), kept.mark_of(user)
            if request.COOKIES.get(name) != mark:
                response.set_cookie(
                    name,
                    mark,
                    max_age=30 * 24 * 60 * 60,
                    secure=request.is_secure(),
                    httponly=True,
                    samesite="Lax",
                )
        return response

    return middleware


class SecondStep:
    """Who needs a second step sets one up before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if settings.REQUIRE_MFA_FOR == "none" or not request.user.is_authenticated:
            return None
        here = request.resolver_match
        if here is None or here.view_name in WITHOUT_SECOND_STEP:
            return None
        if not second_step.missing(request):
            return None
        target = reverse("mfa_index")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(target)
        return redirect(target)


class Limits:
    """A person who does one thing too often waits; see `offices.limits`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        here, user = request.resolver_match, request.user
        if here is None or not isinstance(user, User):
            return None
        limit = limits.limit_for(here.view_name, request)
        wait = limits.wait_for(limit, user) if limit else 0
        return limits.too_often(request, wait) if wait else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, limits.TooOften):
            return None
        return limits.too_often(request, error.wait)
