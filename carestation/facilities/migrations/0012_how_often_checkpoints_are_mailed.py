"""A facility decides how often its managers are mailed what is signed of its record.

Rules that were decided before say once a week, as it was.
Locks: ACCESS EXCLUSIVE on facilities_policy, for milliseconds: a column without a rewrite.
Back: the reverse drops the column; everyone is mailed once a week.
"""

from django.db import migrations, models

LETTERS = [("weekly", "毎週（月曜日の朝）"), ("daily", "毎日（朝）")]


class Migration(migrations.Migration):
    dependencies = [("facilities", "0011_readings")]
    operations = [
        migrations.AddField(
            model_name="policy",
            name="checkpoint_letters",
            field=models.CharField(
                choices=LETTERS, db_default="weekly", default="weekly", max_length=10
            ),
        ),
    ]
