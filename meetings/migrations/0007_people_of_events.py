from django.db import migrations

from lib.sealing import Unsealable, keyed_hash, seal_row, unseal_row

EVENTS = "calendar_app.create_appointment"
# An event's form says so what it is about, with Vitec's id of the meeting after it.
MEETING = "meeting:"
AT_ONCE = 500


def tell(apps, schema_editor):
    """Events that were sent to many are told whom they concern, by the meeting they are about.

    Without it they are neither hidden with the person nor erased with them.
    """
    rows = apps.get_model("submissions", "Submission").objects
    nobodys = rows.filter(kind=EVENTS, person_hash="").exclude(key="").order_by("pk")
    last = 0
    while found := list(nobodys.filter(pk__gt=last)[:AT_ONCE]):
        last = found[-1].pk
        _tell(apps, [(row, content) for row in found if (content := _opened(row))])


def _opened(row):
    """None for what was erased, or what no key of ours opens."""
    try:
        return unseal_row(row.key, row.sealed)
    except Unsealable:
        return None


def _about(content):
    return (content.get("form", {}).get("about") or [""])[-1]


def _tell(apps, opened):
    known = _contacts(apps, [(row, _about(content)) for row, content in opened])
    for row, content in opened:
        contact_id = known.get((row.office_id, _about(content)))
        if not contact_id:
            continue
        person = keyed_hash("person", contact_id)
        # A correction is filled from the form, and concerns the person likewise.
        content["form"]["about_contact"] = [contact_id]
        sealed = seal_row(row.key, content)
        # Whoever erases it meanwhile was first.
        same = apps.get_model("submissions", "Submission").objects.filter(
            pk=row.pk, sealed=row.sealed
        )
        if same.update(person_hash=person, sealed=sealed):
            drafts = apps.get_model("submissions", "Draft").objects
            drafts.filter(corrects=row.pk, person_hash="").update(person_hash=person)


def _contacts(apps, asked):
    """Vitec's id of the contact, by office and by what the form says of the meeting."""
    meetings = apps.get_model("meetings", "Meeting").objects.filter(
        office__in={row.office_id for row, _about in asked},
        vitec_id__in={about[len(MEETING):] for _row, about in asked if about.startswith(MEETING)},
    )
    told = meetings.exclude(contact_id="").values_list("office_id", "vitec_id", "contact_id")
    return {(office, MEETING + vitec_id): contact_id for office, vitec_id, contact_id in told}


class Migration(migrations.Migration):

    # Each batch by itself: workers are not kept waiting for rows of theirs.
    atomic = False

    dependencies = [
        ("meetings", "0006_without_their_person"),
        ("submissions", "0012_person_of_a_draft"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop, elidable=True)]
