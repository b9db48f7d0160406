"""Memberships that expire are found without looking at the others, and are professionals'.

Locks: SHARE UPDATE EXCLUSIVE on groups_membership while all of it is read; nobody waits.
Back: the reverse drops the index; the check stays as the migration before left it.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("groups", "0008_a_membership_can_expire")]
    operations = [
        ValidateConstraint("membership", "groups_what_expires_is_a_professionals"),
        AddIndexConcurrently(
            "membership",
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, left_at=None),
                name="groups_membership_expiring",
            ),
        ),
    ]
