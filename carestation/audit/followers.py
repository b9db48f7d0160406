"""What follows from every fact: it is sealed.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from carestation.audit.commands.sealing import seal_next
from carestation.factlog.commands import follower_of_all
from carestation.kernel.sql import Parameters, Row


@follower_of_all
def seal(after: Parameters) -> list[Row]:
    """Seal the next batch; the same batch twice would take the same numbers, and is refused."""
    return seal_next(after)
