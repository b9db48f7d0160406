"""A member can only read in a group; who sent invitations and invites no more has a cause.

What row-level security asks knows the role too: it sits where professionals do.
Locks: none but on the catalogue; the closed lists of words stand in the code.
Back: the reverse knows neither word, and shows a member who only reads nothing: they are to be
given another role before.
Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module
from typing import Final

from django.db import migrations, models

from carestation.groups.choices import InvitationEnd, Role

FIRST: Final = import_module("carestation.groups.migrations.0011_whose_groups_are_open").CREATE
SECOND: Final = import_module("carestation.groups.migrations.0012_who_sits_where").KNOWS
ROLE = models.CharField(choices=Role.choices, max_length=20)
CAUSE = models.CharField(blank=True, choices=InvitationEnd.choices, default="", max_length=20)


def one_of(functions: str, name: str) -> str:
    """Return the statement that makes one function, as it takes the place of the one there is."""
    made = functions[functions.index(f"CREATE FUNCTION {name}(") :]
    return made[: made.index("END $$;") + len("END $$;")].replace("CREATE", "CREATE OR REPLACE", 1)


SITS, OWN = one_of(FIRST, "groups_sits"), one_of(SECOND, "groups_own")
BEFORE = SITS + OWN
AFTER = BEFORE
for side in ("professional", "patient", "all"):
    AFTER = AFTER.replace(
        f"('{side}', 'professional'),", f"('{side}', 'professional'), ('{side}', 'reader'),"
    )


class Migration(migrations.Migration):
    dependencies = [("groups", "0013_connections")]
    operations = [
        migrations.AlterField(model_name="membership", name="role", field=ROLE),
        migrations.AlterField(model_name="invitation", name="role", field=ROLE.clone()),
        migrations.AlterField(model_name="invitation", name="end_cause", field=CAUSE),
        migrations.RunSQL(AFTER, BEFORE),
    ]
