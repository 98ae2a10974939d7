"""A checkpoint is of a stretch of ids. Those that are of a day stay so, up to what is there now."""

from django.db import migrations, models
from django.db.models import Max

from submissions import append_only


def end_what_is_there(apps, schema_editor):
    append_only.lift(schema_editor.connection)  # laid again after every migrate
    events = apps.get_model("submissions", "Attempt").objects
    upto = events.aggregate(last=Max("pk"))["last"] or 0
    apps.get_model("submissions", "AuditCheckpoint").objects.update(upto=upto)


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0009_pauses_and_floods"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditcheckpoint",
            options={
                "ordering": ["id"],
                "verbose_name": "audit checkpoint",
                "verbose_name_plural": "audit checkpoints",
            },
        ),
        migrations.AlterField(
            model_name="auditcheckpoint",
            name="day",
            field=models.DateField(verbose_name="day"),
        ),
        migrations.AddField(
            model_name="auditcheckpoint",
            name="after",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="auditcheckpoint",
            name="upto",
            field=models.BigIntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="auditcheckpoint",
            constraint=models.UniqueConstraint(fields=("after",), name="one_checkpoint_a_stretch"),
        ),
        migrations.RunPython(end_what_is_there, migrations.RunPython.noop),
    ]
