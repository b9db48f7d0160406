"""The manual's table of contents, and finding a page in it."""

from dataclasses import dataclass
from typing import Final

from carestation.kernel.errors import NotVisible
from carestation.support.choices import Chapter, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter with its pages, in the order in which one reads them."""

    chapter: Chapter
    pages: tuple[Page, ...]


CONTENTS: Final = (
    Section(
        chapter=Chapter.BEGIN,
        pages=(
            Page.FIRST_STEPS,
            Page.SIGN_IN,
            Page.TWO_FACTOR,
            Page.ENROL,
            Page.INVITED,
            Page.FAMILY,
        ),
    ),
    Section(
        chapter=Chapter.DAILY,
        pages=(
            Page.HOME,
            Page.SEARCH,
            Page.TIMELINE,
            Page.WRITE,
            Page.POST,
            Page.FACE_SHEET,
            Page.CONSENT,
            Page.ALBUM,
            Page.PHOTO,
            Page.MEMBERS,
            Page.INVITE_MEMBER,
            Page.GROUPS,
            Page.EMERGENCY,
            Page.NEW_GROUP,
            Page.CONNECTIONS,
        ),
    ),
    Section(
        chapter=Chapter.OWN,
        pages=(
            Page.ACCOUNT,
            Page.PROFILE,
            Page.SIGN_INS,
            Page.RESET,
            Page.LOST_PHONE,
            Page.REOPEN,
        ),
    ),
    Section(
        chapter=Chapter.DESK,
        pages=(
            Page.FOUND_FACILITY,
            Page.DESK_TOP,
            Page.OWN_FACILITY,
            Page.DESK,
            Page.INVITE_STAFF,
            Page.APPROVE_INVITATIONS,
            Page.LEAVING,
            Page.CUSTODY,
            Page.FACILITY_RULES,
            Page.RIGHTS,
            Page.ROLES,
            Page.STAFF_REVIEW,
            Page.RECORD,
            Page.EXPORTS,
            Page.STOPPED_FACILITY,
        ),
    ),
    Section(
        chapter=Chapter.OPERATE,
        pages=(Page.CONSOLE, Page.WATCH, Page.OUTAGES, Page.CAPACITY, Page.STORAGE),
    ),
    Section(chapter=Chapter.SAFE, pages=(Page.WHO_READS, Page.SAFETY, Page.STATUS)),
    Section(
        chapter=Chapter.TROUBLE,
        pages=(Page.ERRORS, Page.OFFLINE, Page.DISPLAY, Page.KEYBOARD),
    ),
)


def find_page(slug: str) -> Page:
    """Return a page of the manual.

    Raises:
        NotVisible: there is none of this name.
    """
    if slug not in Page.values:
        raise NotVisible
    return Page(slug)
