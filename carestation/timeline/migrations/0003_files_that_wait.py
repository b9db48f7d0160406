"""Files that no post carries are found quickly; a file that a post carries is its group's.

Locks: SHARE UPDATE EXCLUSIVE on timeline_attachment (readers and writers go on), and ACCESS
EXCLUSIVE for an instant while the constraint is written down; it is checked afterwards.
Back: the reverse drops index and constraint; no row is touched.
"""

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

CARRIED = models.CheckConstraint(
    condition=models.Q(group=None, post=None) | models.Q(group__isnull=False, post__isnull=False),
    name="timeline_carried_file_is_the_groups",
)
WAITING = models.Index(
    condition=models.Q(post=None),
    fields=["uploader", "uploaded_at"],
    name="timeline_files_waiting",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("timeline", "0002_message_view")]
    operations = [
        AddIndexConcurrently(model_name="attachment", index=WAITING),
        AddConstraintNotValid(model_name="attachment", constraint=CARRIED),
        ValidateConstraint(model_name="attachment", name=CARRIED.name),
    ]
