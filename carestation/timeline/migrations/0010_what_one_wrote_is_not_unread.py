"""Home's list says of each seat how many posts its reader knows.

Locks: none but on the catalogue. The view gains a column, so the version before reads it too.
Back: nothing: a column more does no harm, and a view that is there can lose none.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("carestation.timeline.migrations.0006_home_in_one_look").AFTER
AFTER = BEFORE.replace("f.version\n", "f.version,\n  t.known\n", 1)


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0009_how_much_files_take"),
        ("groups", "0018_what_one_wrote_is_known"),
    ]
    operations = [migrations.RunSQL(AFTER, migrations.RunSQL.noop)]
