"""Someone can be invited to a role of the facility's own.

Locks: SHARE ROW EXCLUSIVE on facilities_customrole and ACCESS EXCLUSIVE on
facilities_staffinvitation, for milliseconds: the column is empty, so its constraints have nothing
to look through.
Back: the reverse drops the column; who is invited to a custom role is invited as a member.
"""

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
ROLE_OR_NONE = models.Q(custom_role=None) | models.Q(role="member")


class Migration(migrations.Migration):
    dependencies = [("facilities", "0009_right_to_transfer_custody")]
    operations = [
        migrations.AddField(
            model_name="staffinvitation",
            name="custom_role",
            field=models.ForeignKey(
                null=True, on_delete=PROTECT, related_name="+", to="facilities.customrole"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffinvitation",
            constraint=models.CheckConstraint(
                condition=ROLE_OR_NONE, name="facilities_invited_manager_has_no_custom_role"
            ),
        ),
    ]
