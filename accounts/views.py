"""Coming in by an invitation, coming back in the middle of a form, and who has a place here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import invitations, kept
from accounts.forms import InviteForm, JoinForm
from accounts.mail import send_invitation
from accounts.middleware import ask_to_sign_in
from accounts.models import Invitation
from offices.access import managed_by
from offices.http import PortalRequest
from offices.models import Membership, Office, Right, User
from offices.rights import offices_with

TOKEN_KEY = "invitation"  # noqa: S105 - the name of a place in the session


# --- Coming back in the middle of a form -------------------------------------------------------


@require_GET
def token(request: PortalRequest) -> JsonResponse:
    """A fresh form token for a page that was open while its session ended; and whose it is."""
    return JsonResponse({"token": get_token(request), "who": kept.mark_of(request.user)})


@require_GET
def back(request: PortalRequest) -> HttpResponse:
    """Where the tab ends in which somebody signed in for the sake of another one."""
    return render(request, "accounts/back.html")


@require_GET
def go_on(request: PortalRequest) -> HttpResponse:
    """What was posted before the sign-in, with a button that posts it again. Shown once."""
    found = kept.opened(request.session.pop(kept.SESSION_KEY, ""), request.user)
    if found is None:
        messages.info(request, _("You are signed in. There is nothing left to go on with."))
        return redirect("home")
    return render(request, "accounts/go_on.html", {"kept": found})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is from before the last sign-in is offered again, if it is ours.

    Only what the browser itself says was posted from a page of ours, and only by a press of a
    button there: a form of somebody else's is refused as ever.
    """
    found = kept.posted(request) if _from_our_page(request) else None
    if found is None:
        return plain_csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return ask_to_sign_in(request, kept.sealed(request))
    return render(request, "accounts/go_on.html", {"kept": found}, status=403)


def _from_our_page(request: HttpRequest) -> bool:
    ours = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == ours


# --- Invitations -------------------------------------------------------------------------------


@require_GET
@login_not_required
@never_cache
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation. Its token goes into the session, and out of the address."""
    request.session[TOKEN_KEY] = token
    return redirect("accounts:join")


@require_http_methods(["GET", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def join(request: HttpRequest) -> HttpResponse:
    """Take the place one was invited to: with a new account, or with the one signed in with."""
    invitation = invitations.find(request.session.get(TOKEN_KEY, ""))
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    try:
        if isinstance(request.user, User):
            return _join_as(request, invitation, request.user)
        return _join_anew(request, invitation)
    except invitations.Gone:
        return render(request, "accounts/invitation_gone.html", status=410)
    except invitations.Own:
        return render(request, "accounts/invitation_own.html", status=403)


def _join_as(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    invitations.refuse_own(invitation, user)
    if request.method != "POST":
        return render(request, "accounts/join.html", {"invitation": invitation})
    invitations.take(invitation, user)
    del request.session[TOKEN_KEY]
    messages.success(request, _("You now have a place at %s.") % invitation.office)
    return redirect("home")


def _join_anew(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    first, _space, last = invitation.recipient["name"].partition(" ")
    known = {"first_name": first, "last_name": last, "email": invitation.recipient["email"]}
    form = JoinForm(request.POST or None, initial=known)
    if not form.is_valid():
        context = {"invitation": invitation, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "accounts/join.html", context, status=status)
    with transaction.atomic():
        user = form.save()
        invitations.take(invitation, user)
    del request.session[TOKEN_KEY]
    record_authentication(request, user, method="password", username=user.username)
    get_adapter(request).login(request, user)
    messages.success(request, _("Welcome. You now have a place at %s.") % invitation.office)
    return redirect("home")


# --- Who has a place, and who is invited to one ------------------------------------------------


@require_http_methods(["GET", "POST"])
def people(request: PortalRequest) -> HttpResponse:
    """Who has a place at the offices one decides for or invites to; and who is invited, for those
    who may invite.
    """
    offices = _offices_looked_at(request.user)
    form = InviteForm(request.POST or None, inviter=request.user)
    if not offices.exists() or (request.method == "POST" and not form.offices.exists()):
        raise Http404
    if form.is_valid():
        invitation, secret = invitations.invite(request.user, form.place())
        link = request.build_absolute_uri(reverse("accounts:open_invitation", args=[secret]))
        mailed = send_invitation(invitation, link)
        # Shown on this very page, once: it is in no address, and no row holds it.
        context = _people(request.user, offices) | {"form": InviteForm(inviter=request.user)}
        context |= {"made": invitation, "link": link, "mailed": mailed}
        return render(request, "accounts/people.html", context)
    context = _people(request.user, offices) | {"form": form}
    return render(request, "accounts/people.html", context, status=422 if form.is_bound else 200)


def _offices_looked_at(user: User) -> QuerySet[Office]:
    mine = Q(pk__in=managed_by(user).values("pk"))
    return Office.objects.filter(mine | Q(pk__in=offices_with(user, Right.INVITE).values("pk")))


def _people(user: User, offices: QuerySet[Office]) -> dict[str, Any]:
    """Each place with `goes`: whether this person may take it away."""
    places = list(
        Membership.objects.filter(office__in=offices)
        .select_related("user", "office", "by_group")
        .order_by("office__name", "user__last_name", "user__username")
    )
    may_go = set(invitations.that_may_be_taken_away(user).values_list("pk", flat=True))
    for place in places:
        place.goes = place.pk in may_go  # type: ignore[attr-defined]
    open_ones = Invitation.objects.for_inviter(user).open()
    return {
        "places": places,
        "invitations": open_ones.select_related("office", "invited_by"),
        "days": settings.INVITATION_DAYS,
    }


@require_POST
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    found = get_object_or_404(Invitation.objects.for_inviter(request.user), pk=pk)
    if invitations.withdraw(found):
        messages.success(request, _("The invitation is withdrawn; its link leads nowhere."))
    else:
        messages.warning(request, _("The invitation has been taken or has run out."))
    return redirect("accounts:people")


@require_POST
def remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a person's place at an office; the account stays."""
    places = Membership.objects.filter(office__in=managed_by(request.user))
    place = get_object_or_404(places.select_related("user", "office"), pk=pk)
    if place.user_id == request.user.pk:
        messages.warning(request, _("You cannot take your own place away."))
    elif not invitations.that_may_be_taken_away(request.user).filter(pk=pk).exists():
        messages.warning(request, _("Only an administrator can do that."))
    else:
        _take_away(place, request.user)
        messages.success(
            request,
            _("%(person)s no longer has a place at %(office)s.")
            % {"person": place.user, "office": place.office},
        )
    return redirect("accounts:people")


@transaction.atomic
def _take_away(place: Membership, taker: User) -> None:
    """On record in the administration's history, as if it were done there."""
    LogEntry.objects.log_actions(taker.pk, [place], DELETION, single_object=True)
    place.delete()
