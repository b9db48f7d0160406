"""When keys turn, the private key that signs is sealed anew; nothing else of it can be changed.

Locks: ACCESS EXCLUSIVE on audit_signingkey, for milliseconds.
Back: the reverse takes the right again; no row is touched.
Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from django.db import migrations


class Migration(migrations.Migration):
    """Give the right to one column."""

    dependencies = [("vault", "0003_rotations"), ("audit", "0002_what_is_sealed_is_final")]
    operations = [
        migrations.RunSQL(
            "GRANT UPDATE (private_sealed) ON audit_signingkey TO carestation_app",
            "REVOKE UPDATE (private_sealed) ON audit_signingkey FROM carestation_app",
        )
    ]
