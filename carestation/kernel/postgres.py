"""How soon a database that says nothing any more is given up. No Django here.

A server that was killed says so; a machine that lost its network, or its power, does not. What we
sent it and it never took ends the connection after ten seconds; while we only wait, it is asked
whether it is there, and has half a minute. So whoever serves people finds the one in its place.
"""

from typing import Final

# libpq's own names; between two sockets of one machine they mean nothing.
GIVEN_UP: Final = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
