"""The index follows the posts.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Sequence

from carestation.factlog.commands import follower
from carestation.search.commands.documents import ask_to_read
from carestation.search.commands.index import forget_group, index_posts
from carestation.timeline.facts import PostEdited, PostPublished, PostRestored, PostWithdrawn
from carestation.vault.facts import KeysErased


@follower(PostPublished)
def index_published(facts: Sequence[PostPublished]) -> None:
    """Let what was posted be found, with the names of its files; documents are read later."""
    posts = [(fact.group_id, fact.post_id) for fact in facts]
    index_posts(posts)
    ask_to_read(posts)


@follower(PostEdited)
def index_edited(facts: Sequence[PostEdited]) -> None:
    """Let an edited post be found by its new words, and no longer by the old ones."""
    index_posts([(fact.group_id, fact.post_id) for fact in facts])


@follower(PostWithdrawn)
def index_withdrawn(facts: Sequence[PostWithdrawn]) -> None:
    """Let a withdrawn post be found no more."""
    index_posts([(fact.group_id, fact.post_id) for fact in facts])


@follower(PostRestored)
def index_restored(facts: Sequence[PostRestored]) -> None:
    """Let a post that is in its place again be found again."""
    index_posts([(fact.group_id, fact.post_id) for fact in facts])


@follower(KeysErased)
def forget_erased(facts: Sequence[KeysErased]) -> None:
    """Let nothing stay of the index of a group whose keys are destroyed."""
    for fact in facts:
        forget_group(fact.group_id)
