"""A facility's row of storage remembers that its managers were told that little is left.

Locks: ACCESS EXCLUSIVE on facilities_storage, for milliseconds; nothing is rewritten.
Back: the reverse drops the column; managers whose facility is still short are told once more.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0013_how_much_files_take")]
    operations = [
        migrations.AddField(
            model_name="storage",
            name="is_told",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
