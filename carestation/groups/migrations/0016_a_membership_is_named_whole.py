"""What names a membership can name its group and its person with it, by one foreign key.

Locks: SHARE UPDATE EXCLUSIVE on groups_membership while the index is built (nobody waits), ACCESS
EXCLUSIVE for an instant while it becomes a constraint.
Back: the reverse drops the constraint with its index; no row is touched.
"""

from django.db import migrations, models

NAMED_WHOLE = models.UniqueConstraint(
    fields=["id", "group", "user"], name="groups_membership_is_named_whole"
)
BUILT = """
CREATE UNIQUE INDEX CONCURRENTLY groups_membership_is_named_whole
  ON groups_membership (id, group_id, user_id)
"""
KEPT = """
ALTER TABLE groups_membership ADD CONSTRAINT groups_membership_is_named_whole
  UNIQUE USING INDEX groups_membership_is_named_whole
"""
DROPPED = "ALTER TABLE groups_membership DROP CONSTRAINT groups_membership_is_named_whole"


class Migration(migrations.Migration):
    """One constraint."""

    atomic = False
    dependencies = [("groups", "0015_a_facility_writes_out")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(BUILT, migrations.RunSQL.noop),
                migrations.RunSQL(KEPT, DROPPED),
            ],
            [migrations.AddConstraint("membership", NAMED_WHOLE)],
        )
    ]
