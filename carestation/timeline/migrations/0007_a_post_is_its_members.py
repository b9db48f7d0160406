"""Author, group and membership of a post are held by one foreign key, to the membership.

Three looks at other rows became one, and it says more: the author is whose membership it is, and
the group is where it sits. What holds person and group themselves is the membership.

Locks: SHARE ROW EXCLUSIVE on timeline_post and groups_membership for an instant, then SHARE UPDATE
EXCLUSIVE on timeline_post while its rows are read (readers and writers go on), then ACCESS
EXCLUSIVE for an instant while the three earlier keys are dropped.
Back: the reverse makes the three keys anew, which reads all posts, and drops the one.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HELD = """
ALTER TABLE timeline_post ADD CONSTRAINT timeline_post_is_its_members
  FOREIGN KEY (membership_id, group_id, author_id)
  REFERENCES groups_membership (id, group_id, user_id) DEFERRABLE INITIALLY DEFERRED NOT VALID
"""
LET_GO = "ALTER TABLE timeline_post DROP CONSTRAINT timeline_post_is_its_members"
VALID = "ALTER TABLE timeline_post VALIDATE CONSTRAINT timeline_post_is_its_members"


def _held_by_the_membership(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    """The one key before the three are gone."""

    atomic = False
    dependencies = [
        ("groups", "0016_a_membership_is_named_whole"),
        ("timeline", "0006_home_in_one_look"),
    ]
    operations = [
        migrations.RunSQL(HELD, LET_GO),
        migrations.RunSQL(VALID, migrations.RunSQL.noop),
        migrations.AlterField("post", "author", _held_by_the_membership(settings.AUTH_USER_MODEL)),
        migrations.AlterField("post", "group", _held_by_the_membership("groups.group")),
        migrations.AlterField("post", "membership", _held_by_the_membership("groups.membership")),
    ]
