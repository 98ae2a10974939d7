"""The contact picker: type a name or a number, choose a person; nobody types an id."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offices import contact_search, limits
from offices.models import Contact, Office, User

# The name of the search box, whatever the field is called.
SEARCH = "contact_search"


def _known(office: Office, vitec_id: Any) -> Contact | None:
    if not vitec_id:
        return None
    return Contact.objects.filter(office=office, vitec_id=vitec_id).first()


class ContactPicker(forms.Widget):
    """A search box and a list of radio buttons, all named as the field.

    Works without JavaScript: the button *Search* posts the form with `step=look`, and the same
    page comes back with the list, which `search_in` has filled. Set `office` before rendering, and
    `known` if the contact chosen has been looked up.
    found: what a search has brought. wait: seconds, when none was made since there were too many.
    """

    template_name = "offices/contact_picker.html"
    office: Office
    text = ""
    known: Contact | None = None
    found: contact_search.Found | None = None
    wait = 0

    def search(self, user: User, text: str) -> None:
        try:
            self.found = contact_search.find_everywhere(user, self.office, text)
        except limits.TooOften as often:
            self.wait = often.wait

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        looked_up = self.known is not None and self.known.vitec_id == value
        chosen = self.known if looked_up else _known(self.office, value)
        context |= {
            "name": name,
            "office": self.office,
            "text": self.text,
            "chosen": chosen,
            "found": self.found,
            "contacts": [c for c in self.found.contacts if c != chosen] if self.found else [],
            "minutes": limits.minutes(self.wait),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        self.text = data.get(SEARCH, "")
        return data.get(name)


class ContactField(forms.CharField):
    """A contact of the office, by Vitec's id; set `office` when the form is made."""

    widget = ContactPicker
    default_error_messages = {
        "required": _("Choose a person from the list."),
        "unknown": _("This person is not in the office's list. Search again."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def bind_office(self, office: Office) -> None:
        """The office whose contacts may be chosen."""
        self.office = office
        self.widget.office = office

    def validate(self, value: str) -> None:
        super().validate(value)
        self.widget.known = _known(self.office, value)
        if value and self.widget.known is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")


def search_in(form: forms.Form, user: User) -> int:
    """Make the search that was typed in a form's picker, for the form to show when it is drawn.

    Returns 0, or for how many seconds the person waits who has searched too often; then the form
    says so. A form for which nobody asks shows no list: whoever is found was searched for by
    somebody, and that is counted.
    """
    text = str(form.data.get(SEARCH, ""))
    pickers = [field.widget for field in form.fields.values()]
    waits = [0]
    for picker in pickers if text.strip() else ():
        if isinstance(picker, ContactPicker):
            picker.search(user, text)
            waits.append(picker.wait)
    return max(waits)
