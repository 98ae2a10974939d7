"""The audit becomes a chain. What is there already is bound as it stands now."""

import django.utils.timezone
from django.db import migrations, models

from submissions import append_only, chain


def bind_what_is_there(apps, schema_editor):
    append_only.lift(schema_editor.connection)  # laid again after every migrate
    Submission = apps.get_model("submissions", "Submission")
    for submission in Submission.objects.iterator(chunk_size=500):
        previous, position = chain.beginning(submission), 0
        for attempt in submission.attempts.order_by("id"):
            position += 1
            attempt.position = position
            attempt.link = previous = chain.link(previous, attempt)
            attempt.save(update_fields=["position", "link"])
        Submission.objects.filter(pk=submission.pk).update(events=position)


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0005_outages"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="events",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="attempt",
            name="position",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="link",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="attempt",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                ("events", models.PositiveIntegerField(verbose_name="events")),
                ("digest", models.CharField(max_length=64)),
                ("link", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit checkpoint",
                "verbose_name_plural": "audit checkpoints",
                "ordering": ["day"],
            },
        ),
        migrations.RunPython(bind_what_is_there, migrations.RunPython.noop),
    ]
