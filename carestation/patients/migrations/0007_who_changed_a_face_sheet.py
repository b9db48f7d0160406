"""A face sheet says who wrote it last.

Of those that are here nobody knows until they are put right: their page says the time alone.
Locks: ACCESS EXCLUSIVE on patients_patient and SHARE ROW EXCLUSIVE on accounts_user, for
milliseconds: a column without a rewrite, empty, so that its foreign key has no row to look at.
Back: the reverse drops the column; face sheets are not touched.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0006_rows_of_ones_own_patients"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="patient",
            name="changer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
