"""Area interests from before: by what their typed people are recognised, and whose they are."""

import json
from typing import Any

from django.db import migrations

from lib.sealing import Unsealable, keyed_hash, unseal_row
from offices.person_marks import Marks, marks_in, marks_of_contact


def hashes(office: int, about: Marks) -> set[str]:
    ways = about.phones | about.emails
    told = {f"{name}\0{way}" for name in about.names for way in ways} | about.numbers
    return {keyed_hash("typed person", f"{office} {one}") for one in told}


def remember(apps: Any) -> dict[int, dict[str, list[int]]]:
    """By office and hash the keys of those whose person is not known."""
    likeness = apps.get_model("submissions", "Likeness").objects
    submissions = apps.get_model("submissions", "Submission").objects
    unknown: dict[int, dict[str, list[int]]] = {}
    for row in submissions.filter(kind="interests.send_interest").exclude(key="").iterator():
        try:
            body = unseal_row(row.key, row.sealed)["call"]["body"]
        except Unsealable:
            continue
        for one in sorted(hashes(row.office_id, marks_in(json.loads(body or "null")))):
            likeness.create(submission=row, mark=one, moment=row.created_at)
            if not row.person_hash:
                unknown.setdefault(row.office_id, {}).setdefault(one, []).append(row.pk)
    return unknown


def link(apps: Any, schema_editor: Any) -> None:
    unknown = remember(apps)
    submissions = apps.get_model("submissions", "Submission").objects
    contacts = apps.get_model("offices", "Contact").objects
    for contact in contacts.filter(office__in=list(unknown)).order_by("pk").iterator():
        about = marks_of_contact(contact.vitec_id, contact.details)
        for one in hashes(contact.office_id, about):
            pks = unknown[contact.office_id].get(one, [])
            person = keyed_hash("person", contact.vitec_id)
            submissions.filter(pk__in=pks, person_hash="").update(person_hash=person)


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0012_person_of_a_draft"),
        ("offices", "0012_erased_and_protected"),
    ]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
