"""What programs send, read and cleaned; the marks are in `openapi.json` too."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from carestation.kernel.shapes import AtMost, Between, Text, UnfitFields
from carestation.kernel.text import LONGEST_POST
from carestation.search.rules import words_of
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.posts import FILES_AT_MOST, Draft

MENTIONS_AT_MOST: Final = 200
LONGEST_WORDS: Final = 100
# To which field of a sent post the reason of a refusal belongs.
FIELDS: Final = {
    "empty": "body",
    "too_many_files": "attachments",
    "draft_sent": "draft_id",
    "files_gone": "attachments",
    "storage_full": "attachments",
    "calm_side": "urgency",
    "not_a_member": "mentions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSent:
    """Who signs in. `code`: of the authenticator app, or a recovery code."""

    email: Annotated[str, Text(longest=320)]
    password: Annotated[str, Text(longest=4096, is_raw=True)]
    code: Annotated[str, Text(longest=100)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSent:
    """A post to be written. `draft_id` is the program's own: sent again, it is the same post."""

    draft_id: UUID
    body: Annotated[str, Text(longest=LONGEST_POST)]
    parent: UUID | None = None
    urgency: Urgency = Urgency.NORMAL
    asks_acknowledgement: bool = False
    mentions: Annotated[tuple[UUID, ...], AtMost(items=MENTIONS_AT_MOST)] = ()
    attachments: Annotated[tuple[UUID, ...], AtMost(items=FILES_AT_MOST)] = ()

    def draft(self) -> Draft:
        """Return what the command wants."""
        return Draft(
            id=self.draft_id,
            body=self.body,
            parent_id=self.parent,
            urgency=self.urgency,
            asks_acknowledgement=self.asks_acknowledgement,
            mentions=self.mentions,
            attachments=self.attachments,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostsAsked:
    """Which posts: those before a number, newest first, or what changed after a seq."""

    limit: Annotated[int, Between(least=1, most=100)] = 30
    before: Annotated[int, Between(least=1)] | None = None
    after: Annotated[int, Between(least=0)] | None = None

    def __post_init__(self) -> None:
        """Check that only one direction is asked for.

        Raises:
            UnfitFields: both are.
        """
        if self.before is not None and self.after is not None:
            raise UnfitFields({"after": "not_with_before"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAsked:
    """What is looked for: words, all of them; in one group, or in all of one's own."""

    q: Annotated[str, Text(longest=LONGEST_WORDS)]
    group: UUID | None = None
    limit: Annotated[int, Between(least=1, most=100)] = 30

    def __post_init__(self) -> None:
        """Check that something is looked for.

        Raises:
            UnfitFields: nothing is.
        """
        if not words_of(self.q):
            raise UnfitFields({"q": "empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSent:
    """The number of the newest post that a person was shown."""

    number: Annotated[int, Between(least=0)]
