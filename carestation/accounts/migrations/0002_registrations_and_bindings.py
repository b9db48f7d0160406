"""Registrations, links to give up lost factors, and what the rules of facilities ask of a person.

Locks: none, the tables are new; the reasons of an ended session are the program's own words.
Back: the tables are dropped; open registrations and links end with them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import carestation.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="session",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("signed_out", "サインアウト"),
                    ("cut_off", "ほかの端末から切断"),
                    ("password_changed", "パスワードの変更"),
                    ("person_ended", "アカウントの終了"),
                    ("replaced", "新しいサインイン"),
                    ("place_ended", "職場スタッフの解除"),
                    ("rules_changed", "安全の決まりの変更"),
                    ("factors_reset", "2段階の確認のやりなおし"),
                    ("address_changed", "メールアドレスの変更"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Registration",
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
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("found_facility", "施設の登録"),
                            ("join_facility", "職場スタッフへの招待"),
                            ("join_group", "グループへの招待"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject_id", models.UUIDField(null=True)),
                ("email_index", models.BinaryField(max_length=32)),
                ("email_sealed", models.BinaryField()),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["purpose", "subject_id"], name="accounts_registration_about"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("cancelled_at", None), ("replaced_at", None), ("used_at", None)
                        ),
                        fields=("email_index", "purpose", "subject_id"),
                        name="accounts_registration_is_one",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactorReset",
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
                        name="accounts_factor_reset_is_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonBinding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False
                    ),
                ),
                ("second_factor", models.BooleanField()),
                ("idle_minutes", models.PositiveSmallIntegerField()),
                ("absolute_hours", models.PositiveSmallIntegerField()),
                ("shortest_password", models.PositiveSmallIntegerField()),
                ("trusted_devices", models.BooleanField()),
                ("words_sealed", models.BinaryField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("absolute_hours__range", (1, 24)),
                            ("idle_minutes__range", (5, 60)),
                            ("shortest_password__range", (8, 64)),
                        ),
                        name="accounts_binding_is_sound",
                    )
                ],
            },
        ),
    ]
