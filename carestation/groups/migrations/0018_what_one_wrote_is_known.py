"""A mark counts beside how far one has read how much one knows: what one read, and what one wrote.

Code of the version before moves the mark alone: `known` stays behind then, and the greater of the
two holds. So a post may be counted as unread that is not; the other way round never.
Locks: ACCESS EXCLUSIVE on groups_readmark, for milliseconds: a column without a rewrite.
Back: the reverse makes the view as it was and drops the column; one's own posts are counted again.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("carestation.groups.migrations.0010_a_seat_says_when_it_ends").CREATE
CREATE = BEFORE.replace(
    "m.expires_at\n", "m.expires_at,\n  greatest(r.known, r.number) AS known\n", 1
)
# A view that is there can gain a column, and lose none: what stands on it goes before (timeline).
DROP = "DROP VIEW groups_seat;"


class Migration(migrations.Migration):
    dependencies = [("groups", "0017_a_mark_is_known_by_its_group")]
    operations = [
        migrations.AddField("readmark", "known", models.BigIntegerField(db_default=0)),
        migrations.RunSQL(CREATE, DROP + BEFORE),
    ]
