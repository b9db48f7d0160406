"""People, sessions, links to set a password, and brakes.

Locks: none, the tables are new.
Back: the tables are dropped.
"""

import carestation.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('id', models.UUIDField(default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('email_index', models.BinaryField(max_length=32, unique=True)),
                ('email_sealed', models.BinaryField()),
                ('name_sealed', models.BinaryField()),
                ('kana_sealed', models.BinaryField()),
                ('is_professional', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Brake',
            fields=[
                ('key', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.UUIDField(default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user',), name='accounts_operator_is_one_once')],
            },
        ),
        migrations.CreateModel(
            name='PasswordReset',
            fields=[
                ('id', models.UUIDField(default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('key', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None), ('used_at', None)), fields=('user',), name='accounts_reset_has_one_open_link')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('key', models.BinaryField(max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('browser', 'ブラウザー'), ('program', 'プログラム')], max_length=10)),
                ('device', models.CharField(choices=[('phone', 'スマートフォン'), ('tablet', 'タブレット'), ('computer', 'パソコン'), ('program', 'プログラム'), ('unknown', 'そのほかの端末')], max_length=10)),
                ('is_shared', models.BooleanField(default=False)),
                ('idle_seconds', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('second_factor_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('signed_out', 'サインアウト'), ('cut_off', 'ほかの端末から切断'), ('password_changed', 'パスワードの変更'), ('person_ended', 'アカウントの終了'), ('replaced', '新しいサインイン')], default='', max_length=20)),
                ('agent_sealed', models.BinaryField()),
                ('address_sealed', models.BinaryField()),
                ('data_sealed', models.BinaryField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='accounts_session_end_has_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_session_ends_after_it_began')],
            },
        ),
    ]
