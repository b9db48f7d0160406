"""A mark counts beside how far one has read how much one knows: what one read, and what one wrote.

Code of the version before moves the mark alone: `known` stays behind then, and the greater of the
two holds. So a post may be counted as unread that is not; the other way round never.
Locks: ACCESS EXCLUSIVE on groups_readmark, for milliseconds: a column without a rewrite.
Back: the reverse drops the column; the view keeps its own, which says no more than the mark, for
other views stand on it. One's own posts are counted again.
"""

from importlib import import_module

from django.db import migrations, models

SEAT = import_module("carestation.groups.migrations.0012_who_sits_where").SEAT
CREATE = SEAT.replace(
    "m.expires_at\n", "m.expires_at,\n  greatest(r.known, r.number) AS known\n", 1
)
BACK = CREATE.replace("greatest(r.known, r.number)", "r.number")


class Migration(migrations.Migration):
    dependencies = [("groups", "0017_a_mark_is_known_by_its_group")]
    operations = [
        migrations.AddField("readmark", "known", models.BigIntegerField(db_default=0)),
        migrations.RunSQL(CREATE, BACK),
    ]
