"""Whoever was erased and had protected identity; and a history without the ids of such contacts."""

from typing import Any

from django.db import migrations, models


def forget_ids(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("admin", "LogEntry").objects.using(schema_editor.connection.alias)
    of_marks = entries.filter(
        content_type__app_label="offices", content_type__model="protectedcontact"
    )
    of_marks.update(object_repr="–")


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("offices", "0011_terms_without_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasedcontact",
            name="protected",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(forget_ids, migrations.RunPython.noop, elidable=True),
    ]
