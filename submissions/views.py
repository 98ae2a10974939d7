"""The page that every kind shares: its form, what it will do, its draft, and sending it."""

from __future__ import annotations

import dataclasses
import functools
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, replace_url

from lib.sealing import Unsealable
from offices import limits
from offices.access import office_of
from offices.http import PortalRequest
from offices.models import Office
from offices.pickers import remember_choices, show_recent_first, tell_age
from offices.widgets import search_in
from submissions import batches, drafts, looks, outbox, way_back
from submissions.concerns import MOST_SHOWN, Consent
from submissions.forms import ConsentForm, SubmissionForm
from submissions.kinds import Kind, find_kind
from submissions.models import Batch, Draft, Submission
from submissions.naming import complaints
from submissions.preview import Preview, parts_of, preview_of

USED_BEFORE = _(
    "You have already sent this form, with other content. Send again only if you want one more."
)
# So many half-written forms are offered; the rest waits in silence for its week to end.
DRAFTS_OFFERED = 3
# Posted with a correction: the fields of which the page did not show what they hide. It needs no
# seal: what is named there is sent on unseen, what is not named is sent as it is typed.
UNSEEN = "unseen"


@dataclasses.dataclass(frozen=True)
class Desk:
    """What a form page is about: who is asking for what kind, for which office, and why.

    unseen: as the page that is answered says it in its field `UNSEEN`; None on one that is opened.
    """

    request: PortalRequest
    kind: Kind
    office: Office
    corrects: Submission | None = None
    unseen: str | None = None

    def form(self, data: QueryDict) -> SubmissionForm:
        """The bound form; what is corrected and not for the person's eyes is kept behind it."""
        return self.kind.form_class(data, office=self.office).keep(self.hidden)

    @functools.cached_property
    def hidden(self) -> dict[str, list[str]]:
        """What hides something in what is corrected, where the page does not show it whole.

        That is settled by the person's right when it is opened. A right that comes or goes
        meanwhile changes nothing of what its empty field, or a mark in its text, has said.
        """
        if self.corrects is None:
            return {}
        if self.unseen is None:
            return looks.hidden_from(self.request.user, self.corrects)
        names = self.unseen.split()
        stored = looks.masked_in(self.corrects)
        return {name: texts for name, texts in stored.items() if name in names}

    @property
    def said_unseen(self) -> str:
        """As the page carries it."""
        return " ".join(sorted(self.hidden))


def submit_page(
    request: PortalRequest, kind: Kind, initial: dict[str, Any] | None = None
) -> HttpResponse:
    """The form of a kind: show it, take it, save the wish, go to the page of what was saved.

    `?corrects=<code>` fills it with a refused submission and puts Vitec's messages at the fields;
    `?draft=<code>` fills it with what was half written. Raises Http404 for an office or a
    submission that the person may not act for.
    """
    if request.method != "POST":
        return _opened(request, kind, initial)
    desk = _answered(request, kind)
    form = desk.form(request.POST)
    if request.POST.get("step", "").partition(":")[0] == "look":
        # Without JavaScript: a button that looks something up, or makes room for more, and shows
        # the same form again. What stands after a colon is the form's own affair.
        preview = _preview(desk, form)
        return _form_page(desk, form.without_complaints(), preview=preview)
    if not _may_go(desk, form):
        return _form_page(desk, form, status=422)
    remember_choices(form, request.user, desk.office)
    return _send(desk, form)


def _answered(request: PortalRequest, kind: Kind) -> Desk:
    """The desk of a page that is posted."""
    corrects = _corrected(request, kind)
    return Desk(
        request, kind, _office(request, corrects), corrects, unseen=request.POST.get(UNSEEN)
    )


def _office(request: PortalRequest, corrects: Submission | None) -> Office:
    # A correction goes out from the office that sent the first, whichever is active now.
    return corrects.office if corrects else office_of(request)


# --- Opening -----------------------------------------------------------------------------------


def _opened(request: PortalRequest, kind: Kind, initial: dict[str, Any] | None) -> HttpResponse:
    code = _code(request.GET.get("draft"))
    if code is not None:
        return _resumed(request, kind, code)
    corrects, user = _corrected(request, kind), request.user
    desk = Desk(request, kind, _office(request, corrects), corrects)
    if corrects is not None:
        wait = limits.wait_to("reveal", user) if looks.reveals(user, corrects) else 0
        if wait:
            return limits.too_often(request, wait)
        looks.opened_to_correct(user, corrects)
        return _form_page(desk, _correction(desk, corrects))
    form = kind.form_class(office=desk.office, initial=initial)
    return _form_page(desk, form, unfinished=_unfinished(desk))


def _resumed(request: PortalRequest, kind: Kind, code: uuid.UUID) -> HttpResponse:
    """The form as it was half written; what it became, when it has been sent meanwhile."""
    mine = {"created_by": request.user, "form_token": code}
    sent = Submission.objects.filter(**mine).first() or Batch.objects.filter(**mine).first()
    if sent is not None:
        return redirect(sent)
    found = Draft.objects.for_user(request.user).select_related("office", "corrects")
    draft = found.filter(code=code, kind=kind.key).first()
    if draft is None:
        return redirect(kind.url_name)
    try:
        typed = draft.typed
    except Unsealable:
        return redirect(kind.url_name)
    unseen = typed.pop(UNSEEN, None)
    if unseen is not None and draft.corrects:
        unseen = [*unseen, *_shown_no_more(request, kind, draft.corrects, typed)]
    desk = Desk(
        request, kind, draft.office, draft.corrects, None if unseen is None else " ".join(unseen)
    )
    shown = kind.form_class.without(typed, desk.hidden)
    form = desk.form(_data(shown, code)).without_complaints()
    return _form_page(desk, form, draft=draft)


def _shown_no_more(
    request: PortalRequest, kind: Kind, corrects: Submission, typed: dict[str, list[str]]
) -> list[str]:
    """The fields in which a draft shows something of what it corrects that its writer may not see
    any longer.
    """
    hidden = looks.hidden_from(request.user, corrects)
    return [
        name
        for name, texts in typed.items()
        if name in hidden
        and kind.form_class.without({name: texts}, {name: hidden[name]}) != {name: texts}
    ]


def _unfinished(desk: Desk) -> list[Draft]:
    mine = Draft.objects.for_user(desk.request.user)
    found = mine.filter(kind=desk.kind.key, office=desk.office)
    return [draft for draft in found if not draft.is_veiled][:DRAFTS_OFFERED]


def _corrected(request: PortalRequest, kind: Kind) -> Submission | None:
    given = request.POST.get("corrects") or request.GET.get("corrects")
    if not given:
        return None
    mine = Submission.objects.for_user(request.user).select_related("office", "created_by")
    found: Submission = get_object_or_404(mine, code=_code(given), kind=kind.key)
    if not found.can_be_corrected:
        raise Http404
    return found


def _code(given: str | None) -> uuid.UUID | None:
    """Raises Http404 for what is no code."""
    if not given:
        return None
    try:
        return uuid.UUID(given)
    except ValueError as error:
        raise Http404 from error


def _correction(desk: Desk, corrects: Submission) -> SubmissionForm:
    typed = desk.kind.form_class.without(corrects.content["form"], desk.hidden)
    form = desk.form(_data(typed, uuid.uuid4()))
    form.is_valid()
    endpoint = desk.kind.endpoint
    form.tell(corrects.messages, endpoint.fields, endpoint.words)
    return form


def _data(typed: dict[str, list[str]], token: uuid.UUID) -> QueryDict:
    """Stored texts as a form's data."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    data["form_token"] = str(token)
    return data


def _form_page(desk: Desk, form: SubmissionForm, status: int = 200, **context: Any) -> HttpResponse:
    show_recent_first(form, desk.request.user, desk.office)
    tell_age(form, desk.office)
    wait = search_in(form, desk.request.user)
    back = way_back.carried(desk.request)
    context = {
        "kind": desk.kind,
        "office": desk.office,
        "corrects": desk.corrects,
        "unseen": desk.said_unseen,
        "back": back,
        "list_address": way_back.opened(back),
        "form": form,
        "consent": ConsentForm(),
        "most_shown": MOST_SHOWN,
        **context,
    }
    page = render(desk.request, desk.kind.template, context, status=status)
    return limits.told(page, wait)


def _may_go(desk: Desk, form: SubmissionForm) -> bool:
    """Is the form valid, and may the person send it in the names that it gives?

    What speaks against it is told at its fields.
    """
    if not form.is_valid():
        return False
    user, office, kind = desk.request.user, desk.office, desk.kind
    [found] = complaints(user, office, kind, [form.cleaned_data])
    for field, said in found.items():
        form.add_error(field if field in form.fields else None, said)
    return form.is_valid()


# --- Sending -----------------------------------------------------------------------------------


def _send(desk: Desk, form: SubmissionForm) -> HttpResponse:
    consent = ConsentForm(desk.request.POST)
    try:
        saved = _saved(desk, form, consent.given())
    except outbox.FormUsed as used:
        return _asked_once_more(desk, used.submission)
    except batches.BatchUsed as used:
        return _asked_once_more(desk, used.batch)
    except outbox.Questioned as questioned:
        preview = dataclasses.replace(
            preview_of(desk.request.user, desk.kind, desk.office, form),
            concerns=questioned.concerns,
        )
        consent.unless_unread(questioned.concerns)
        return _form_page(desk, form, status=409, preview=preview, consent=consent)
    if desk.request.htmx:
        return HttpResponseClientRedirect(way_back.onward(desk.request, saved))
    return redirect(way_back.onward(desk.request, saved))


def _saved(desk: Desk, form: SubmissionForm, consent: Consent) -> Submission | Batch:
    parts = parts_of(desk.kind, desk.office, form)
    user, token = desk.request.user, form.cleaned_data["form_token"]
    if len(parts) > 1:
        wish = batches.BatchWish(
            user=user,
            office=desk.office,
            kind=desk.kind,
            token=token,
            parts=parts,
            cleaned=form.cleaned_data,
            consent=consent,
            kept=form.kept,
        )
        return batches.submit_batch(wish)
    return outbox.submit(
        outbox.Wish(
            user=user,
            office=desk.office,
            kind=desk.kind,
            cleaned=parts[0].cleaned,
            typed=form.typed(),
            again=form.again(),
            token=token,
            corrects=desk.corrects,
            consent=consent,
            kept=form.kept,
        )
    )


def _asked_once_more(desk: Desk, earlier: Submission | Batch) -> HttpResponse:
    """The same form with a new token, so that one more press sends one more."""
    data = desk.request.POST.copy()
    data["form_token"] = str(uuid.uuid4())
    form = desk.form(data)
    form.add_error(None, USED_BEFORE)
    return _form_page(desk, form, status=409, earlier=earlier)


# --- While somebody writes ---------------------------------------------------------------------


@require_POST
def look(request: PortalRequest, key: str) -> HttpResponse:
    """Keep what is typed as a draft, and say what it will do; answers with a fragment."""
    kind = find_kind(key)
    if kind is None:
        raise Http404
    desk = _answered(request, kind)
    form = desk.form(request.POST)
    draft = _kept(desk, form)
    context = {
        "preview": _preview(desk, form),
        "consent": ConsentForm(request.POST).without_complaints(),
        "draft": draft,
        "most_shown": MOST_SHOWN,
    }
    answer = render(request, "submissions/_preview.html", context)
    return replace_url(answer, _address(kind, draft)) if draft else answer


def _preview(desk: Desk, form: SubmissionForm) -> Preview | None:
    """None as long as the form is not complete."""
    if not _may_go(desk, form):
        return None
    return preview_of(desk.request.user, desk.kind, desk.office, form)


def _kept(desk: Desk, form: SubmissionForm) -> Draft | None:
    """The draft, unless the form has no proper token, has been sent already, or is of somebody
    whom its writer may not see.
    """
    try:
        token = uuid.UUID(desk.request.POST.get("form_token", ""))
    except ValueError:
        return None
    user = desk.request.user
    mine = {"created_by": user, "form_token": token}
    if Submission.objects.filter(**mine).exists() or Batch.objects.filter(**mine).exists():
        return None
    typed = form.typed() | ({UNSEEN: [desk.said_unseen]} if desk.corrects else {})
    return drafts.keep(user, desk.office, desk.kind, token, typed, desk.corrects)


def _address(kind: Kind, draft: Draft) -> str:
    """Where the form opens as it is now: after a reload, a new sign-in, the back button."""
    return f"{reverse(kind.url_name)}?{urlencode({'draft': draft.code})}"


@require_POST
def forget_draft(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Throw a half-written form away, and open an empty one."""
    draft = get_object_or_404(Draft.objects.for_user(request.user), code=code)
    kind = find_kind(draft.kind)
    drafts.forget(request.user, code)
    return redirect(kind.url_name if kind else "home")
