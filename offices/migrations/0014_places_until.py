"""A place may hold for a time only, and then rests until it is confirmed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("offices", "0013_retention")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="good_until",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="good until"
            ),
        ),
    ]
