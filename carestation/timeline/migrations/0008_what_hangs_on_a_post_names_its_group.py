"""What hangs on a post is looked for by its group, too: tables can be divided by the group.

The views of posts and of home, and what the policies ask of a post.
Locks: none but on the catalogue.
Back: the reverse makes views and functions as they were; no row is touched.
Controls: ISO/IEC 27017 8.3, CLD.9.5.1; white paper 「利用者アクセスの管理」.
"""

from importlib import import_module
from typing import Final

from django.db import migrations

MESSAGE_BEFORE: Final = import_module(
    "carestation.timeline.migrations.0004_rows_of_ones_own_sides"
).MESSAGE
NEWEST_BEFORE: Final = import_module("carestation.timeline.migrations.0006_home_in_one_look").AFTER


def naming_the_group(view: str, *places: tuple[str, str]) -> str:
    """Return a view in which each of these conditions names the group as well."""
    for condition, group in places:
        view = view.replace(condition, f"{condition} AND {group}")
    return view


MESSAGE: Final = naming_the_group(
    MESSAGE_BEFORE,
    ("a.post_id = p.id", "a.group_id = p.group_id"),
    ("t.post_id = p.id", "t.group_id = p.group_id"),
    ("m.id = p.membership_id", "m.group_id = p.group_id"),
)
NEWEST: Final = naming_the_group(
    NEWEST_BEFORE,
    ("m.id = t.membership_id", "m.group_id = t.group_id"),
    ("k.post_id = a.id", "k.group_id = a.group_id"),
)
SHOWS: Final = """
CREATE FUNCTION timeline_shows(in_group uuid, one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM timeline_post p WHERE p.group_id = in_group AND p.id = one);
END $$;

CREATE OR REPLACE FUNCTION timeline_opens(in_group uuid, of_post uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR timeline_shows(in_group, of_post) THEN true END IS NOT NULL
$$;
DROP FUNCTION timeline_shows(uuid);
"""
SHOWS_BEFORE: Final = """
CREATE FUNCTION timeline_shows(one uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM timeline_post p WHERE p.id = one);
END $$;

CREATE OR REPLACE FUNCTION timeline_opens(in_group uuid, of_post uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN in_group::text = current_setting('carestation.staff_group', true)
    OR timeline_shows(of_post) THEN true END IS NOT NULL
$$;
DROP FUNCTION timeline_shows(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0007_a_post_is_its_members"),
        ("groups", "0017_a_mark_is_known_by_its_group"),
    ]
    operations = [
        migrations.RunSQL(MESSAGE, MESSAGE_BEFORE),
        migrations.RunSQL(NEWEST, NEWEST_BEFORE),
        migrations.RunSQL(SHOWS, SHOWS_BEFORE),
    ]
