"""`keys erase`: destroys the keys of a closed patient's group for good, and says so in writing."""

import argparse
from typing import Final
from uuid import UUID

from carestation.groups.choices import Role
from carestation.groups.pushes import push_membership
from carestation.kernel.errors import Conflict, NotVisible
from carestation.patients.commands.erasures import erase_patient
from carestation.timeline.models import Attachment, Post
from carestation.vault.erasing import certificate_of
from config.appointing import console_of
from config.keys.erased import lines_of
from config.keys.telling import say, tell_machines

UNSURE: Final = (
    "{posts} posts and {files} files of the group {of} would be unreadable for good, for everyone. "
    "Nothing was erased: run this again with --confirm {of}."
)


def act(options: argparse.Namespace) -> int:
    """Erase one group; nothing without the id typed twice.

    Raises:
        SystemExit: who types does not operate, there is no such group, or it is still open.
    """
    if options.of is None or options.operator is None:
        raise SystemExit("Say which group with --of, and who you are with --as.")
    console = console_of(options.operator)
    if options.confirm != options.of:
        raise SystemExit(_unsure(options.of))
    try:
        erasure, left = erase_patient(console, options.of)
    except NotVisible as error:
        raise SystemExit(f"No patient's group has keys under {options.of}.") from error
    except Conflict as error:
        raise SystemExit("The group is open: its manager closes it first.") from error
    for membership in left:
        push_membership(membership.group_id, membership.pk, Role(membership.role))
    certificate = certificate_of(erasure)
    if options.json:
        tell_machines(certificate)
    else:
        say(*lines_of(certificate))
    return 0


def _unsure(group_id: UUID) -> str:
    posts = Post.objects.filter(group_id=group_id).count()
    files = Attachment.objects.filter(group_id=group_id).count()
    return UNSURE.format(posts=posts, files=files, of=group_id)
