"""A right more that a role can have: changing which facility manages a patient's group.

Locks: none; the closed list of words stands in the code.
Back: the reverse knows the right no more; rows that give it are read as before.
"""

from django.db import migrations, models

from carestation.facilities.choices import Right


class Migration(migrations.Migration):
    dependencies = [("facilities", "0008_custom_roles")]
    operations = [
        migrations.AlterField(
            model_name="grant",
            name="right",
            field=models.CharField(choices=Right.choices, max_length=30),
        )
    ]
