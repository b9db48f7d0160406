"""A session's device may be remembered for a time, and then need not show the second factor.

Locks: ACCESS EXCLUSIVE on accounts_session, for milliseconds: two empty columns, no rewrite.
Back: the reverse drops the columns; every device shows the second factor again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_by_what_a_session_was_proven")]
    operations = [
        migrations.AddField("session", "trust_key", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("session", "trusted_until", models.DateTimeField(null=True)),
    ]
