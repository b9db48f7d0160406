"""A place in a facility can be paused, ends for a cause, and the list of places is signed.

Locks: ACCESS EXCLUSIVE on facilities_staff, for milliseconds: columns without a rewrite.
Back: the reverse drops columns and table; what was paused stands again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import carestation.kernel.ids

CAUSES = [
    ("retired", "退職"),
    ("moved", "異動・出向"),
    ("contract", "契約の終了"),
    ("mistake", "登録のまちがい"),
    ("safety", "安全のため"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "staff",
            "end_cause",
            models.CharField(blank=True, choices=CAUSES, db_default="", default="", max_length=20),
        ),
        migrations.AddField("staff", "paused_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="StaffReview",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False
                    ),
                ),
                ("people", models.PositiveIntegerField()),
                ("reviewed_at", models.DateTimeField()),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["facility", "-reviewed_at"], name="facilities_review_by_time"
                    )
                ]
            },
        ),
    ]
