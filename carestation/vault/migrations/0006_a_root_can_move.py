"""A rotation of the root can be its move to another place, which is known again by a hash.

Locks: ACCESS EXCLUSIVE on vault_rotation, for milliseconds; nobody reads it but who turns keys.
Back: the reverse drops the column; a move that has begun is ended first, or begun anew after.
Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0005_erasures")]
    operations = [
        migrations.AddField("Rotation", "moves_to", models.BinaryField(max_length=32, null=True)),
    ]
