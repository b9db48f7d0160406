"""Changes of mail addresses, and refused sign-ins as their owner sees them.

Locks: none, the tables are new.
Back: the tables are dropped; the log keeps the facts of refusals and changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import carestation.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_registrations_and_bindings"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedSignIn",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("password", "メールアドレスかパスワードの違い"),
                            ("code", "確認コードの違い"),
                            ("passkey", "パスキーの違い"),
                            ("braked", "回数の超過"),
                        ],
                        max_length=10,
                    ),
                ),
                ("where_sealed", models.BinaryField(null=True)),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.session",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("email_sealed", models.BinaryField()),
                ("former_sealed", models.BinaryField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None), ("used_at", None)),
                        fields=("user",),
                        name="accounts_address_change_is_one",
                    )
                ],
            },
        ),
    ]
