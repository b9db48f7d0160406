"""Setting the demo's times back: what people see is three weeks old, what the log says is not.

Facts are final and keep the time at which they were written. Everything else gets the time that
the story says, in one statement per column.
"""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.kernel.sql import rows_of

Key = tuple[UUID, UUID]
COLUMNS: Final = {
    "person": """
UPDATE accounts_user t SET created_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "facility": """
UPDATE facilities_facility t SET created_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "staff began": """
UPDATE facilities_staff t SET began_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "staff ended": """
UPDATE facilities_staff t SET ended_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "group": """
UPDATE groups_group t SET created_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "patient": """
UPDATE patients_patient t SET changed_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "consent": """
UPDATE patients_consent t SET recorded_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "membership left": """
UPDATE groups_membership t SET left_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "post": """
UPDATE timeline_post t SET published_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "post edited": """
UPDATE timeline_post t SET edited_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "post withdrawn": """
UPDATE timeline_post t SET withdrawn_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
    "version of post": """
UPDATE timeline_postversion t SET until_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.post_id = v.id
""",
    "file": """
UPDATE timeline_attachment t SET uploaded_at = v.at
FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) AS v(id, at) WHERE t.id = v.id
""",
}
MEMBERSHIPS: Final = """
UPDATE groups_membership t SET began_at = v.at
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(ats)s::timestamptz[]) AS v(id, person, at)
WHERE t.group_id = v.id AND t.user_id = v.person
"""
SIGNS: Final = """
UPDATE timeline_acknowledgement t SET at = v.at
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(ats)s::timestamptz[]) AS v(id, person, at)
WHERE t.post_id = v.id AND t.user_id = v.person
"""


class Times:
    """When everything of the demo happened, collected while it is made."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows: dict[str, dict[UUID, datetime]] = defaultdict(dict)
        self._memberships: dict[Key, datetime] = {}
        self._signs: dict[Key, datetime] = {}

    def note(self, column: str, row_id: UUID, at: datetime) -> None:
        """Note the time of a row; `column` is one of COLUMNS."""
        self._rows[column][row_id] = at

    def note_membership(self, group_id: UUID, user_id: UUID, at: datetime) -> None:
        """Note when a person joined a group."""
        self._memberships[group_id, user_id] = at

    def note_sign(self, post_id: UUID, user_id: UUID, at: datetime) -> None:
        """Note when a person gave the sign under a post."""
        self._signs[post_id, user_id] = at

    def set_back(self) -> None:
        """Write all noted times."""
        for column, times in self._rows.items():
            rows_of(COLUMNS[column], {"ids": list(times), "ats": list(times.values())})
        for statement, pairs in ((MEMBERSHIPS, self._memberships), (SIGNS, self._signs)):
            asked = {
                "ids": [row_id for row_id, _ in pairs],
                "people": [person_id for _, person_id in pairs],
                "ats": list(pairs.values()),
            }
            rows_of(statement, asked)
