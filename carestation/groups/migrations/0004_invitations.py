"""Invitations into groups.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; links and codes that are open lead nowhere.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from carestation.groups.choices import InvitationEnd, Relation, Role
from carestation.kernel.ids import uuid7

PROTECT = django.db.models.deletion.PROTECT
WAITING = models.Q(joined_at=None, ended_at=None)
BY_MAIL = models.Q(code_key=None, email_index__isnull=False, email_sealed__isnull=False)
BY_CODE = models.Q(code_key__isnull=False, email_index=None, email_sealed=None)
NOT_SENT = models.Q(sent_at=None, joined_at=None)
SENT = (
    models.Q(sent_at__isnull=False)
    & (models.Q(needs_manager=False) | models.Q(approved_at__isnull=False))
    & (models.Q(needs_patient=False) | models.Q(agreed_at__isnull=False))
)
JOINED = models.Q(joined_at__isnull=False, membership__isnull=False, ended_at=None)
HAS_END = models.Q(ended_at__isnull=False) & ~models.Q(end_cause="")
FAMILY = models.Q(role=Role.FAMILY) & ~models.Q(relation="")
RULES = {
    "groups_invited_by_mail_or_code": BY_MAIL | BY_CODE,
    "groups_sent_is_approved": NOT_SENT | SENT,
    "groups_joined_has_membership": models.Q(joined_at=None, membership=None) | JOINED,
    "groups_invitation_end_has_cause": models.Q(ended_at=None, end_cause="") | HAS_END,
    "groups_invited_as_someone": FAMILY | models.Q(role=Role.PROFESSIONAL, relation=""),
}


def pointing(to: str, **more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=to, **more)


def word(choices: type[models.TextChoices], **more: object) -> models.CharField:
    return models.CharField(choices=choices.choices, max_length=20, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0003_a_seat_needs_a_standing_place"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid7, primary_key=True, serialize=False)),
                ("role", word(Role)),
                ("relation", word(Relation, blank=True)),
                ("name_sealed", models.BinaryField()),
                ("email_index", models.BinaryField(max_length=32, null=True)),
                ("email_sealed", models.BinaryField(null=True)),
                ("code_key", models.BinaryField(max_length=32, null=True, unique=True)),
                ("consent_id", models.UUIDField(null=True)),
                ("needs_manager", models.BooleanField()),
                ("needs_patient", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("joined_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_cause", word(InvitationEnd, blank=True, default="")),
                ("approver", pointing(settings.AUTH_USER_MODEL, null=True)),
                ("group", pointing("groups.group")),
                ("inviter", pointing("groups.membership")),
                ("membership", pointing("groups.membership", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["email_index"], name="groups_invitation_to")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=WAITING,
                        fields=("group", "email_index"),
                        name="groups_address_is_invited_once",
                    ),
                    *(
                        models.CheckConstraint(condition=condition, name=name)
                        for name, condition in RULES.items()
                    ),
                ],
            },
        ),
    ]
