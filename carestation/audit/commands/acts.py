"""That an operator read what operators did. No patient, no post stands behind this.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

from carestation.accounts.rules import Console
from carestation.audit.facts import ActsViewed
from carestation.factlog.commands import announce


def note_acts_viewed(console: Console) -> None:
    """Announce that an operator read what operators did."""
    announce(ActsViewed(**console.marks()))
