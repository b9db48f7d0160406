"""Each facility has a row that says how much its files take, and how much they may.

No row: nothing was counted yet, and nothing is limited.
Locks: a table is created; SHARE ROW EXCLUSIVE on facilities_facility, for milliseconds.
Back: the reverse drops the table; nothing is limited any more.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0012_how_often_checkpoints_are_mailed")]
    operations = [
        migrations.CreateModel(
            name="Storage",
            fields=[
                (
                    "facility",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="facilities.facility",
                    ),
                ),
                ("used_bytes", models.BigIntegerField(db_default=0, default=0)),
                ("limit_bytes", models.BigIntegerField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("used_bytes__gte", 0)),
                        name="facilities_storage_is_some",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit_bytes", None), ("limit_bytes__gt", 0), _connector="OR"
                        ),
                        name="facilities_storage_limit_is_some",
                    ),
                ],
            },
        ),
    ]
