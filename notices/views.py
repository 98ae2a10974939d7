"""The page behind the bell."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from notices.models import LetterChoice, Notice, wants_letters
from offices.http import PortalRequest

MOST_SHOWN = 100


@require_GET
def list_notices(request: PortalRequest) -> HttpResponse:
    """What the person has been told of: unread ones first, the newest on top."""
    mine = Notice.objects.for_user(request.user).with_open_now().select_related("office", "pause")
    context = {
        "unread": mine.unread()[:MOST_SHOWN],
        "seen": mine.exclude(read_at=None)[:MOST_SHOWN],
        "letters_possible": settings.EMAIL_WORKS and bool(request.user.email),
        "letters_wanted": wants_letters(request.user),
    }
    return render(request, "notices/list.html", context)


@require_POST
def open_notice(request: PortalRequest, notice_id: int) -> HttpResponse:
    """Go to what it is about; it counts as read."""
    mine = Notice.objects.for_user(request.user)
    notice = get_object_or_404(mine, pk=notice_id)
    mine.filter(pk=notice.pk).mark_read()
    return redirect(notice.target)


@require_POST
def read(request: PortalRequest) -> HttpResponse:
    """Those that were chosen, or all, are read."""
    mine = Notice.objects.for_user(request.user)
    if "all" not in request.POST:
        mine = mine.filter(pk__in=[n for n in request.POST.getlist("code") if n.isdigit()])
    number = mine.mark_read()
    said = ngettext("%d notice is read.", "%d notices are read.", number)
    messages.success(request, said % number)
    return redirect("notices:list")


@require_POST
def letters(request: PortalRequest) -> HttpResponse:
    """Whether the person wants notices by e-mail, too."""
    wanted = "wanted" in request.POST
    LetterChoice.objects.update_or_create(user=request.user, defaults={"wanted": wanted})
    messages.success(
        request,
        _("Notices come by e-mail, too.") if wanted else _("Notices no longer come by e-mail."),
    )
    return redirect("notices:list")
