"""Files of a group whose keys were destroyed are thrown away: they are noise.

Controls: ISO/IEC 27017 8.10; white paper 「暗号化」.
"""

from collections.abc import Sequence

from carestation.factlog.commands import follower
from carestation.kernel.acting import Work, acting_as
from carestation.timeline.models import Attachment
from carestation.vault.facts import KeysErased
from carestation.vault.files import remove_file


@follower(KeysErased)
@acting_as(Work.INDEX)
def throw_files_away(facts: Sequence[KeysErased]) -> None:
    """Throw the pieces away; the rows stay, with who handed a file in and when."""
    groups = [fact.group_id for fact in facts]
    files = Attachment.objects.filter(group_id__in=groups).values_list("pk", flat=True)
    for file_id in files.iterator():
        remove_file(file_id)
