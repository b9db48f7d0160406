"""The application may seal and sign, and change nothing of what was sealed and signed.

Locks: ACCESS EXCLUSIVE on the three tables, for milliseconds.
Back: the reverse gives the rights back; no row is touched.
Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.db import migrations

TABLES = "audit_entry, audit_checkpoint, audit_signingkey"


class Migration(migrations.Migration):
    """Take the rights."""

    dependencies = [("audit", "0001_initial"), ("factlog", "0003_a_leaf_tells_its_transaction")]
    operations = [
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON {TABLES} FROM carestation_app",
            f"GRANT UPDATE, DELETE ON {TABLES} TO carestation_app",
        )
    ]
