"""Exports: who asked for what, and until when it lies here.

Locks: SHARE ROW EXCLUSIVE on what the new table points to, for milliseconds.
Back: the reverse drops the table; archives that lie in the store stay, and nobody can open them.
"""

import carestation.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('facilities', '0008_custom_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('extent', models.CharField(choices=[('facility', '施設のすべて'), ('own', '自分が参加しているグループ')], max_length=10)),
                ('reason_sealed', models.BinaryField()),
                ('pass_phrase_sealed', models.BinaryField(null=True)),
                ('key_sealed', models.BinaryField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('size_bytes', models.PositiveBigIntegerField(null=True)),
                ('sha256', models.BinaryField(max_length=32, null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('removal', models.CharField(blank=True, choices=[('expired', '期限切れ'), ('right_ended', '書き出した人の権限が終わったため'), ('asked', '書き出した人が消したため')], default='', max_length=20)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facilities.facility')),
            ],
            options={
                'indexes': [models.Index(fields=['facility', '-id'], name='exports_by_facility')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('failed_at', None), ('made_at', None)), fields=('facility', 'asker'), name='exports_one_runs_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('expires_at', None), ('made_at', None), ('removed_at', None), ('sha256', None), ('size_bytes', None)), models.Q(('expires_at__isnull', False), ('failed_at', None), ('made_at__isnull', False), ('pass_phrase_sealed', None), ('sha256__isnull', False), ('size_bytes__isnull', False)), _connector='OR'), name='exports_made_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('removal', ''), ('removed_at', None)), models.Q(('key_sealed', None), ('removed_at__isnull', False), models.Q(('removal', ''), _negated=True)), _connector='OR'), name='exports_removal_has_cause')],
            },
        ),
    ]
