"""Adding and mending rows of the directories by hand, where no list can be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib import phone_numbers
from offices.access import offices_for
from offices.admin_scope import OfficeFilter, OfficeScopedAdmin
from offices.directory import contact_details
from offices.models import Contact, CustomField, Estate
from offices.vitec_ids import no_person

# The admin's own width.
WIDE = {"class": "vTextField"}
FIRST = ["office", "vitec_id"]
LAST = ["gone", "listed", "first_seen", "last_seen"]


class RowForm(forms.ModelForm):
    """What every row has. An id is Vitec's and opaque: taken as it is, without outer spaces."""

    gone = forms.BooleanField(
        label=_("No longer offered"),
        required=False,
        help_text=_(
            "It is kept, since what was sent still names it. It comes back when Vitec names it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gone"].initial = self.instance.missing_since is not None

    def save(self, commit: bool = True) -> Any:
        row = self.instance
        if not self.cleaned_data["gone"]:
            row.missing_since = None
        elif row.missing_since is None:
            row.missing_since = timezone.now()
        row.last_seen = timezone.now()
        return super().save(commit)


class EstateForm(RowForm):
    """A home by its address, which is sealed."""

    street_address = forms.CharField(
        label=_("Address"), max_length=200, widget=forms.TextInput(attrs=WIDE)
    )

    class Meta:
        model = Estate
        fields = ["office", "vitec_id", "area", "number", "status"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["street_address"].initial = self.instance.address

    def clean_vitec_id(self) -> str:
        return no_person(self.cleaned_data["vitec_id"])

    def save(self, commit: bool = True) -> Any:
        self.instance.address = self.cleaned_data["street_address"]
        return super().save(commit)


class CustomFieldForm(RowForm):
    """A custom field; what it is valid for with commas between."""

    valid_for_text = forms.CharField(
        label=_("Valid for"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=WIDE),
        help_text=_("Vitec's words with commas between, such as Person, Estate."),
    )

    class Meta:
        model = CustomField
        fields = ["office", "vitec_id", "label", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_for_text"].initial = ", ".join(self.instance.valid_for)

    def save(self, commit: bool = True) -> Any:
        parts = self.cleaned_data["valid_for_text"].split(",")
        self.instance.valid_for = [part.strip() for part in parts if part.strip()]
        return super().save(commit)


class ContactForm(RowForm):
    """A person's sealed details."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs=WIDE))
    phones = forms.CharField(
        label=_("Phones"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=_("One a line."),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=100, widget=forms.EmailInput(attrs=WIDE)
    )
    address = forms.CharField(
        label=_("Address"), required=False, max_length=200, widget=forms.TextInput(attrs=WIDE)
    )

    class Meta:
        model = Contact
        fields = ["office", "vitec_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            details = self.instance.details
            self.initial.update({**details, "phones": "\n".join(details["phones"])})

    def clean_vitec_id(self) -> str:
        return no_person(self.cleaned_data["vitec_id"])

    def clean_phones(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["phones"].splitlines()]
        for line in filter(None, lines):
            try:
                phone_numbers.written(line, 40)
            except phone_numbers.NotPhoneNumber as error:
                raise forms.ValidationError(
                    _("%(phone)s is no telephone number."), params={"phone": line}
                ) from error
        return [line for line in lines if line]

    def details(self) -> dict[str, Any]:
        """In the shape that is stored."""
        names = ("name", "phones", "email", "address")
        return contact_details(**{name: self.cleaned_data[name] for name in names})


class DirectoryAdmin(OfficeScopedAdmin):
    """Rows of a directory of the offices one acts for. values: the fields that are its own."""

    form = RowForm
    values: list[str] = []
    list_filter = [("office", OfficeFilter)]
    list_select_related = ["office"]
    readonly_fields = ["listed", "first_seen", "last_seen"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*FIRST, *self.values, *(LAST if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose row it is and which does not change; another one is another row."""
        return [*self.readonly_fields, *(FIRST if obj else [])]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever has but one office need not choose it."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        offices = list(offices_for(request.user)[:2])
        return {"office": offices[0].pk, **initial} if len(offices) == 1 else initial

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
