"""Places by group hold for a day from now on, until a sign-in confirms them."""

import datetime as dt
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def let_them_hold_for_a_day(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    by_group = apps.get_model("accounts", "GroupPlace").objects.using(alias)
    memberships = apps.get_model("offices", "Membership").objects.using(alias)
    until = timezone.now() + dt.timedelta(days=1)
    memberships.filter(pk__in=by_group.values("membership")).update(good_until=until)


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0014_places_until"),
        ("accounts", "0002_sealed_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="groupplace",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="groupplace",
            name="membership",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="by_group",
                to="offices.membership",
            ),
        ),
        migrations.RunPython(let_them_hold_for_a_day, migrations.RunPython.noop, elidable=True),
    ]
