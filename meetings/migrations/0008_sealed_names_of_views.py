"""The names of saved views, sealed: they may name somebody."""

from typing import Any

from django.db import migrations, models

from lib.sealing import SealedJSONField


def seal_names(apps: Any, schema_editor: Any) -> None:
    for view in apps.get_model("meetings", "SavedView").objects.iterator():
        view.sealed, view.is_usual = view.name, not view.name
        view.save(update_fields=["sealed", "is_usual"])


def open_names(apps: Any, schema_editor: Any) -> None:
    for view in apps.get_model("meetings", "SavedView").objects.iterator():
        view.name = view.sealed[:60]
        view.save(update_fields=["name"])


class Migration(migrations.Migration):

    dependencies = [
        ("meetings", "0007_people_of_events"),
    ]

    operations = [
        migrations.RemoveConstraint("savedview", "one_usual_list_of_a_person"),
        migrations.AlterModelOptions(
            "savedview",
            options={
                "ordering": ["pk"],
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
            },
        ),
        migrations.AddField(
            "savedview", "is_usual", models.BooleanField(default=False, editable=False)
        ),
        migrations.AddField("savedview", "sealed", SealedJSONField(default="")),
        migrations.RunPython(seal_names, open_names),
        # For the way back, on which it comes empty.
        migrations.AlterField("savedview", "name", models.CharField(default="", max_length=60)),
        migrations.RemoveField("savedview", "name"),
        migrations.RenameField("savedview", "sealed", "name"),
        migrations.AlterField(
            "savedview", "name", SealedJSONField(default="", verbose_name="name")
        ),
        migrations.AddConstraint(
            "savedview",
            models.UniqueConstraint(
                condition=models.Q(("is_usual", True)),
                fields=("owner",),
                name="one_usual_list_of_a_person",
            ),
        ),
    ]
