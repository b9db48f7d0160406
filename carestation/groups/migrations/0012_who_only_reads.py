"""A member can only read in a group; who sent invitations and invites no more has a cause.

Locks: none; the closed lists of words stand in the code.
Back: the reverse knows neither word; a member who only reads is to be given another role before.
"""

from django.db import migrations, models

from carestation.groups.choices import InvitationEnd, Role

ROLE = models.CharField(choices=Role.choices, max_length=20)
CAUSE = models.CharField(blank=True, choices=InvitationEnd.choices, default="", max_length=20)


class Migration(migrations.Migration):
    dependencies = [("groups", "0011_connections")]
    operations = [
        migrations.AlterField(model_name="membership", name="role", field=ROLE),
        migrations.AlterField(model_name="invitation", name="role", field=ROLE.clone()),
        migrations.AlterField(model_name="invitation", name="end_cause", field=CAUSE),
    ]
