"""A facility has a telephone number, by which the groups of its people call it.

Those that are here have none until their desk fills it in: nothing is shown.
Locks: ACCESS EXCLUSIVE on facilities_facility, for milliseconds: a column without a rewrite.
Back: the reverse drops the column, and the numbers with it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0014_told_that_little_is_left")]
    operations = [
        migrations.AddField(
            model_name="facility",
            name="phone",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
