"""`keys erase`: destroys the keys of what is over, for good, and says so in writing."""

import argparse
from typing import Final
from uuid import UUID

from carestation.groups.choices import Role
from carestation.groups.models.memberships import Membership
from carestation.groups.pushes import push_membership
from carestation.kernel.errors import Conflict, NotVisible
from carestation.patients.commands.erasures import erase
from carestation.timeline.models import Attachment, Post
from carestation.vault.choices import Level
from carestation.vault.erasing import certificate_of, kind_of
from carestation.vault.models import Erasure, ScopeKind
from carestation.vault.rotation import running_rotation
from config.appointing import console_of
from config.keys.erased import lines_of
from config.keys.rotating import turned
from config.keys.telling import say, tell_machines

UNSURE: Final = (
    "{posts} posts and {files} files of the group {of} would be unreadable for good, for everyone. "
    "Nothing was erased: run this again with --confirm {of}."
)
UNSURE_OF_PERSON: Final = (
    "Name, addresses and proofs of the person {of} would be unreadable for good, for everyone. "
    "Nothing was erased: run this again with --confirm {of}."
)
REFUSALS: Final = {
    "open": "The group is open: its manager closes it first.",
    "two": "One of the two has an account: the talk is theirs to read.",
    "has_account": "The person has an account: it is ended first.",
    "is_read": "The person is named in a group that is still read: a record says who wrote it. "
    "Erase those groups first.",
}


def act(options: argparse.Namespace) -> int:
    """Erase one scope; nothing without the id typed twice. With --turn-root, the root turns then.

    Raises:
        SystemExit: who types does not operate, nothing has such keys, or it is not over.
    """
    if options.of is None or options.typist is None:
        raise SystemExit("Say what with --of, and who you are with --as.")
    console = console_of(options.typist)
    if options.confirm != options.of:
        raise SystemExit(_unsure(options.of))
    if options.turn_root and running_rotation() is not None:
        raise SystemExit("Keys turn: end that first, by keys rotate.")
    try:
        erasure, left = erase(console, options.of)
    except NotVisible as error:
        raise SystemExit(f"No group and no person has keys under {options.of}.") from error
    except Conflict as error:
        raise SystemExit(REFUSALS[error.reason]) from error
    _tell_pages(left)
    try:
        if options.turn_root:
            options.level, options.of = Level.ROOT, None
            turned(options)
    finally:
        _tell(erasure, options)
    return 0


def _tell_pages(left: list[Membership]) -> None:
    for membership in left:
        push_membership(membership.group_id, membership.pk, Role(membership.role))


def _tell(erasure: Erasure, options: argparse.Namespace) -> None:
    certificate = certificate_of(erasure)
    if options.json:
        tell_machines(certificate)
    else:
        say(*lines_of(certificate))


def _unsure(scope_id: UUID) -> str:
    if kind_of(scope_id) is ScopeKind.PERSON:
        return UNSURE_OF_PERSON.format(of=scope_id)
    posts = Post.objects.filter(group_id=scope_id).count()
    files = Attachment.objects.filter(group_id=scope_id).count()
    return UNSURE.format(posts=posts, files=files, of=scope_id)
