"""The record of acts can be written out alone, by what it was sifted.

Locks: ACCESS EXCLUSIVE on exports_export for milliseconds: a column that may be empty is added.
Back: the reverse drops the column; what was asked for then would hold the whole record.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0002_plans")]
    operations = [
        migrations.AddField("export", "sifted", models.JSONField(null=True)),
        migrations.AlterField(
            "export",
            "extent",
            models.CharField(
                choices=[
                    ("facility", "施設のすべて"),
                    ("own", "自分が参加しているグループ"),
                    ("record", "操作の記録だけ"),
                ],
                max_length=10,
            ),
        ),
    ]
