"""Each two people have one talk.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; talks stay as they are.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


def pointing(to: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0004_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Pair",
            fields=[
                (
                    "group",
                    models.OneToOneField(
                        on_delete=PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="groups.group",
                    ),
                ),
                ("lower", pointing(settings.AUTH_USER_MODEL)),
                ("higher", pointing(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["lower", "higher"], name="groups_two_have_one_talk"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(lower__lt=models.F("higher")),
                        name="groups_pair_is_ordered",
                    ),
                ]
            },
        ),
    ]
