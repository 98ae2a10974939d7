"""The picker of the house: one or several out of a list, found by typing.

A plain `<select>`, which `static/js/pick.js` makes searchable. What is likely stands first, then
what the person chose lately, then the rest. How a form uses it: docs/architecture.md.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.freshness import Age, old_ones
from offices.models import Office, RecentChoice, User

TEMPLATE = "offices/picker.html"
NOTHING_YET = _("Choose …")
# So many of the last choices stand first.
RECENT = 5
# So many are remembered of a list: what was chosen need not be on offer now.
REMEMBERED = 20


@dataclasses.dataclass(frozen=True)
class Choice:
    """One thing to choose.

    value: Vitec's id. detail: what tells two of one name apart, such as a town.
    words: what else it is found by, such as a code.
    """

    value: str
    label: Any
    detail: str = ""
    words: str = ""

    def __str__(self) -> str:
        return f"{self.label} · {self.detail}" if self.detail else str(self.label)


@dataclasses.dataclass(frozen=True)
class Group:
    """Choices under a heading; under none, where it is empty."""

    label: Any
    choices: Sequence[Choice]


class _Searchable:
    """What both widgets add to Django's: details, and words to find an option by."""

    known: dict[str, Choice] = {}
    age: Age | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)  # type: ignore[misc]
        return {**context, "age": self.age}

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> Any:
        option = super().create_option(name, value, label, *args, **kwargs)  # type: ignore[misc]
        choice = self.known.get(str(value))
        if choice and choice.detail:
            option["attrs"] |= {"data-label": choice.label, "data-detail": choice.detail}
        if choice and choice.words:
            option["attrs"]["data-words"] = choice.words
        return option


class PickerSelect(_Searchable, forms.Select):
    """Choose one."""

    template_name = TEMPLATE


class PickerSelectMultiple(_Searchable, forms.SelectMultiple):
    """Choose several; with JavaScript they stand as chips above the box."""

    template_name = TEMPLATE


class Picks:
    """What both fields have in common.

    recall: the list, such as `colleagues`, under which a person's choices are remembered; "" for
        none. job: the sync that brings what is offered, so that an old list says so.
    empty: what stands there while nothing is chosen.
    """

    choices: Any
    widget: Any

    def __init__(
        self, *, recall: str = "", job: str = "", empty: Any = NOTHING_YET, **kwargs: Any
    ) -> None:
        self.recall = recall
        self.job = job
        self.empty = empty
        self._groups: list[Group] = []
        self._likely: list[str] = []
        self._recent: list[str] = []
        super().__init__(**kwargs)

    def offer(self, offered: Iterable[Choice | Group], likely: Iterable[str] = ()) -> None:
        """What may be chosen, in order; the values in `likely` come first."""
        self._groups = [item if isinstance(item, Group) else Group("", [item]) for item in offered]
        self._likely = list(likely)
        self._arrange()

    def put_recent_first(self, values: Iterable[str]) -> None:
        """The values that the person chose lately, the latest first."""
        self._recent = list(values)
        self._arrange()

    def _arrange(self) -> None:
        known = {choice.value: choice for group in self._groups for choice in group.choices}
        likely = [known[value] for value in dict.fromkeys(self._likely) if value in known]
        recent = [known[value] for value in self._recent if value in known]
        recent = [choice for choice in recent if choice not in likely][:RECENT]
        first = {choice.value for choice in (*likely, *recent)}
        rest = [
            Group(group.label, [choice for choice in group.choices if choice.value not in first])
            for group in self._groups
        ]
        self.widget.known = known
        groups = [Group(_("Close at hand"), likely), Group(_("Chosen lately"), recent), *rest]
        self.choices = [*self._nothing(), *_django_choices(groups)]

    def _nothing(self) -> list[tuple[str, Any]]:
        return [("", self.empty)]


class PickerField(Picks, forms.ChoiceField):
    """One of what was offered."""

    widget = PickerSelect


class MultiPickerField(Picks, forms.MultipleChoiceField):
    """Several of what was offered; cleaned to a list of values."""

    widget = PickerSelectMultiple

    def _nothing(self) -> list[tuple[str, Any]]:
        return []


def _django_choices(groups: list[Group]) -> list[tuple[Any, Any]]:
    filled = [group for group in groups if group.choices]
    headed = any(group.label for group in filled)
    found: list[tuple[Any, Any]] = []
    for label, run in itertools.groupby(filled, key=lambda group: group.label):
        rows = [(choice.value, str(choice)) for group in run for choice in group.choices]
        if headed:
            found.append((label or _("Others"), rows))
        else:
            found += rows
    return found


def tell_age(form: forms.BaseForm, office: Office) -> None:
    """Of every picker of the form whose list is old or was never fetched; before it is shown."""
    pickers = [field for _bound, field in _pickers(form) if field.job]
    if not pickers:
        return
    old = old_ones(office, {field.job for field in pickers})
    for field in pickers:
        field.widget.age = old.get(field.job)


# --- What a person chose lately ------------------------------------------------------------------


def show_recent_first(form: forms.BaseForm, user: User, office: Office) -> None:
    """In every picker of the form and of the forms within it; before it is shown."""
    pickers = _remembering(form)
    if not pickers:
        return
    chosen = RecentChoice.objects.filter(
        user=user, office=office, recall__in={field.recall for _bound, field in pickers}
    )
    lately: dict[str, list[str]] = {}
    for recall, value in chosen.order_by("-chosen_at", "-pk").values_list("recall", "value"):
        lately.setdefault(recall, []).append(value)
    for _bound, field in pickers:
        field.put_recent_first(lately.get(field.recall, []))


def remember_choices(form: forms.BaseForm, user: User, office: Office) -> None:
    """What a valid form chose in its pickers, ids alone."""
    for bound, field in _remembering(form):
        value = bound.value()
        values = value if isinstance(value, list) else [value]
        for chosen in values:
            if chosen:
                _remember(user, office, field.recall, str(chosen))


def _remember(user: User, office: Office, recall: str, value: str) -> None:
    mine = RecentChoice.objects.filter(user=user, office=office, recall=recall)
    RecentChoice.objects.update_or_create(
        user=user,
        office=office,
        recall=recall,
        value=value,
        defaults={"chosen_at": timezone.now()},
    )
    kept = mine.order_by("-chosen_at", "-pk").values_list("pk", flat=True)[:REMEMBERED]
    mine.filter(~Q(pk__in=list(kept))).delete()


def _remembering(form: forms.BaseForm) -> list[tuple[BoundField, Picks]]:
    return [found for found in _pickers(form) if found[1].recall]


def _pickers(form: forms.BaseForm) -> list[tuple[BoundField, Picks]]:
    """Those of the form and of its `forms_within`."""
    fields = form.fields.items()
    own = [(form[name], field) for name, field in fields if isinstance(field, Picks)]
    inner: Iterable[forms.BaseForm] = getattr(form, "forms_within", ())
    return own + [found for each in inner for found in _pickers(each)]
