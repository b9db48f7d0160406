"""An erasure says which key of the root opens copies of the database from before.

Locks: ACCESS EXCLUSIVE on vault_erasure, for milliseconds; a column with a default that is written
into no row.
Back: the reverse drops the column.
Controls: ISO/IEC 27017 8.10, 8.24; white paper 「暗号化」.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0006_a_root_can_move")]
    operations = [
        migrations.AddField(
            "Erasure",
            "root_key",
            models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
