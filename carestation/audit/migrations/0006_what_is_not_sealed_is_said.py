"""A verification can end with facts that nobody has sealed for too long.

Locks: none: what a column may say is known to the program alone.
Back: the reverse changes nothing in the database.
"""

from django.db import migrations, models

WRONG = [
    ("changed", "書きかえられています"),
    ("missing", "消されています"),
    ("added", "書き足されています"),
    ("moved", "順番がかわっています"),
    ("seal", "封のつながりが合いません"),
    ("checkpoint", "署名された要約が合いません"),
    ("rolled_back", "前の状態にもどされています"),
    ("unsealed", "封をされていない記録があります"),
]


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_which_checkpoint_is_wrong")]
    operations = [
        migrations.AlterField(
            "verification", "wrong", models.CharField(blank=True, choices=WRONG, max_length=20)
        ),
    ]
