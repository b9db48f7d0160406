"""A scope says which keys sealed its values so far, by the ids that stand in front of each value.

Those of scopes that are there are filled in after the migration, by the start that holds the root.

Locks: ACCESS EXCLUSIVE on vault_scope, for milliseconds: a column without a rewrite.
Back: the reverse drops the column; the keys stay as they are.
Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [
        migrations.AddField(
            "scope", "key_ids", ArrayField(models.BigIntegerField(), db_default=[], size=None)
        ),
    ]
