from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0006_audit_chain"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="position",
            field=models.PositiveIntegerField(editable=False),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["at"], name="attempt_time"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("submission", "position"), name="one_event_a_place"),
        ),
    ]
