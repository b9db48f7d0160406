"""An entry's group is its post's: the key of the post is checked, and no other.

Each check reads and locks a row of the group, which everyone who posts there locks too.
Locks: ACCESS EXCLUSIVE on search_entry and groups_group, for milliseconds: no row is touched.
Back: the key of the group is checked again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0018_what_one_wrote_is_known"),
        ("search", "0007_new_entries_are_sorted_in_together"),
    ]
    operations = [
        migrations.AlterField(
            "entry",
            "group",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.PROTECT,
                related_name="+",
                to="groups.group",
            ),
        )
    ]
