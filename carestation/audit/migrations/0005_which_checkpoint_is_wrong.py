"""What was found says which checkpoint is wrong, and whether the facts hold all the same.

Locks: ACCESS EXCLUSIVE on audit_verification, for milliseconds: columns without a rewrite.
Back: the reverse drops the columns; the next verification finds again what is wrong.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_a_fact_goes_after_its_term")]
    operations = [
        migrations.AddField("verification", "tree_id", models.UUIDField(null=True)),
        migrations.AddField("verification", "size", models.BigIntegerField(null=True)),
        migrations.AddField("verification", "facts_hold", models.BooleanField(null=True)),
    ]
