"""Sessions from before lie open and can be read no more: nothing of them is kept."""

from typing import Any

from django.db import migrations


def end_them(apps: Any, schema_editor: Any) -> None:
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_invitations"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(end_them, migrations.RunPython.noop)]
