"""A session says by what its holder last showed who they are; the console asks for a passkey.

Locks: ACCESS EXCLUSIVE on accounts_session, for milliseconds: a column without a rewrite.
Back: the reverse drops the column; sessions go on.
"""

from django.db import migrations, models

from carestation.accounts.choices import EndReason, Proof


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_addresses_and_refusals")]
    operations = [
        migrations.AddField(
            "session",
            "proof",
            models.CharField(
                blank=True, choices=Proof.choices, db_default="", default="", max_length=20
            ),
        ),
        migrations.AlterField(
            "session",
            "end_reason",
            models.CharField(blank=True, choices=EndReason.choices, default="", max_length=20),
        ),
    ]
