"""What the offices of a page tell of notices."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from notices.models import Notice
from offices.access import tell_of_offices


def unread_there(user: Any) -> Any:
    """How many notices of one office wait to be read. user: what stands for the person."""
    mine = Notice.objects.unread().filter(user=user, office=OuterRef("pk")).order_by()
    number = mine.values("office").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)


tell_of_offices(unread=unread_there)
