"""How many processes shall run on each machine; what is measured is no closed list to a table.

Locks: none but on the catalogue: a table is made, and a column's choices are the program's alone.
Back: the reverse drops the table; each machine runs what it was started with.
"""

from django.db import migrations, models
from django.db.models import Q

from carestation.kernel.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="reading", name="name", field=models.CharField(max_length=40)
        ),
        migrations.CreateModel(
            name="Capacity",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("web", models.PositiveSmallIntegerField()),
                ("threads", models.PositiveSmallIntegerField()),
                ("workers", models.PositiveSmallIntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            web__range=(1, 16), threads__range=(1, 16), workers__range=(1, 4)
                        ),
                        name="support_capacity_is_sound",
                    )
                ],
            },
        ),
    ]
