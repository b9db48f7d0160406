"""That an operator read what operators did, or took it away. No patient stands behind this.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

from carestation.accounts.rules import Console
from carestation.audit.facts import ActsExtracted, ActsViewed
from carestation.factlog.commands import announce


def note_acts_viewed(console: Console) -> None:
    """Announce that an operator read what operators did."""
    announce(ActsViewed(**console.marks()))


def note_acts_extracted(console: Console) -> None:
    """Announce that an operator took away what operators did, as a file."""
    announce(ActsExtracted(**console.marks()))
