"""Looking for posts, for programs.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from carestation.api.forms import SearchAsked
from carestation.api.wire import hits_json
from carestation.groups.queries.seats import take_seats
from carestation.kernel.calls import Answer
from carestation.kernel.errors import NotVisible
from carestation.kernel.http import CareRequest
from carestation.kernel.ids import uuid7
from carestation.search.commands.looks import note_searched
from carestation.search.queries.candidates import Question
from carestation.search.queries.finding import find
from carestation.search.queries.places import indexed_until
from carestation.search.rules import words_of


def search(request: CareRequest, asked: SearchAsked) -> Answer:
    """Find posts and names of files by their words, at the sides where one sits now."""
    seats = take_seats(request.actor)
    if asked.group is not None:
        seats = [seat for seat in seats if seat.group_id == asked.group]
        if not seats:
            raise NotVisible
    found = find(seats, Question(words=words_of(asked.q)), limit=asked.limit)
    note_searched(request.actor, uuid7(), found, asked.group)
    return Answer(body=hits_json(found, indexed_until()))
