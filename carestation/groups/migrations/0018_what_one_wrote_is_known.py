"""A mark counts beside how far one has read how much one knows: what one read, and what one wrote.

Code of the version before moves the mark alone: `known` stays behind then, and the greater of the
two holds. So a post may be counted as unread that is not; the other way round never.
Locks: ACCESS EXCLUSIVE on groups_readmark, for milliseconds: a column without a rewrite.
Back: the reverse drops the column; the view, which can lose none, says the mark in its place, and
one's own posts are counted again.
"""

from importlib import import_module

from django.db import migrations, models

# As it stands since the wall: it shows the actor's own seats alone.
BEFORE = import_module("carestation.groups.migrations.0012_who_sits_where").SEAT
SEAT = BEFORE.replace("m.expires_at\n", "m.expires_at,\n  %s AS known\n", 1)


class Migration(migrations.Migration):
    dependencies = [("groups", "0017_a_mark_is_known_by_its_group")]
    operations = [
        migrations.AddField("readmark", "known", models.BigIntegerField(db_default=0)),
        migrations.RunSQL(SEAT % "greatest(r.known, r.number)", SEAT % "r.number"),
    ]
