"""A facility has a reading, by which it is found.

Those that are here have none until their desk fills it in: they are found by name. What was applied
for before keeps none either.
Locks: ACCESS EXCLUSIVE on facilities_facility and facilities_facilityapplication, for milliseconds:
columns without a rewrite.
Back: the reverse drops the columns; facilities are found by name alone.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0010_invited_to_a_custom_role")]
    operations = [
        migrations.AddField(
            model_name="facility",
            name="kana",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="facilityapplication",
            name="kana_sealed",
            field=models.BinaryField(null=True),
        ),
    ]
