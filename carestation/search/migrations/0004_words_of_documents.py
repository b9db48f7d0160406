"""The words of documents, sealed, and found: a table behind the wall, and its columns in the view.

Locks: none but on the catalogue; the view is made anew in an instant.
Back: the reverse puts the view back as it was and drops the table; documents are read again later.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

import carestation.kernel.ids

FIRST = importlib.import_module("carestation.search.migrations.0002_candidate_view")
WALLED = importlib.import_module("carestation.search.migrations.0003_entries_of_ones_own_sides")
DROP = "DROP VIEW search_candidate;\n"
CREATE = """CREATE VIEW search_candidate AS
SELECT e.id, e.group_id, e.side, e.post_id, e.kind, p.parent_id, p.author_id, p.urgency,
  p.published_at, p.withdrawn_at, CASE WHEN e.kind = 'post' THEN p.body_sealed END AS body_sealed,
  f.id AS file_id, f.name_sealed, d.words_sealed, u.name_sealed AS author_sealed, m.role,
  m.relation, s.profession
FROM search_entry e
JOIN timeline_post p ON p.group_id = e.group_id AND p.id = e.post_id
JOIN accounts_user u ON u.id = p.author_id
JOIN groups_membership m ON m.id = p.membership_id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN search_documenttext d ON e.kind = 'document' AND d.id = e.id
LEFT JOIN timeline_attachment f ON e.kind <> 'post' AND f.group_id = e.group_id
  AND f.id = coalesce(d.file_id, e.id)
"""
WALL = """
CREATE POLICY search_post_is_open ON search_documenttext
  USING (timeline_opens(group_id, post_id));
ALTER TABLE search_documenttext ENABLE ROW LEVEL SECURITY;
"""
FALL = """
ALTER TABLE search_documenttext DISABLE ROW LEVEL SECURITY;
DROP POLICY search_post_is_open ON search_documenttext;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0003_entries_of_ones_own_sides")]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("post", "投稿"),
                    ("file", "ファイルの名前"),
                    ("document", "書類の中"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="DocumentText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=carestation.kernel.ids.uuid7, primary_key=True, serialize=False
                    ),
                ),
                ("words_sealed", models.BinaryField()),
                ("read_at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="timeline.attachment",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="timeline.post",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="groups.group",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(DROP + CREATE + WALLED.IS_OWN, DROP + FIRST.CREATE + WALLED.IS_OWN),
        migrations.RunSQL(WALL, FALL),
    ]
