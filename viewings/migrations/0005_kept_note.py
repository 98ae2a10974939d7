import lib.sealing
from django.db import migrations


class Migration(migrations.Migration):
    """The column stays as it is; what is shown of it is a property."""

    dependencies = [("viewings", "0004_impressions")]

    operations = [
        migrations.AlterField(
            model_name="impression",
            name="note",
            field=lib.sealing.SealedJSONField(db_column="note", default=str, verbose_name="note"),
        ),
        migrations.RenameField(model_name="impression", old_name="note", new_name="kept_note"),
    ]
