"""Signing in and out, for programs.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from http import HTTPStatus

from carestation.accounts.choices import SessionKind
from carestation.accounts.commands.sessions import sign_out
from carestation.accounts.commands.sign_in import sign_in_program
from carestation.accounts.gate.where import where_of
from carestation.api.forms import SignInSent
from carestation.api.queries import read_account
from carestation.api.wire import session_json
from carestation.kernel.calls import Answer
from carestation.kernel.http import CareRequest


def create_session(request: CareRequest, sent: SignInSent) -> Answer:
    """Sign in: address, password and, where a second factor is set up, its code.

    Every wrong one is answered the same. 403 with the reason `second_factor`: a code is due, or
    must first be set up on the pages.
    """
    where = where_of(request, SessionKind.PROGRAM)
    opened = sign_in_program(
        sent.email, sent.password, sent.code or "", where, request_id=request.request_id
    )
    account = read_account(opened.user_id, None)
    return Answer(body=session_json(opened, account), status=HTTPStatus.CREATED)


def end_session(request: CareRequest) -> Answer:
    """Sign out: the session with which this is asked ends, and its streams with it."""
    sign_out(request.actor)
    return Answer(status=HTTPStatus.NO_CONTENT)
