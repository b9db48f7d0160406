"""The few database connections of the process: none belongs to a stream.

A connection that failed is given up, and the statement is tried once more on a new one: after a
restart of PostgreSQL the old ones are dead.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from carestation.kernel.postgres import GIVEN_UP

CONNECTIONS: Final = 2
# Live reads who sits where, for everyone (docs/explanation/the-wall.md).
ACT: Final = "SELECT set_config('carestation.person', 'system:live', false)"
Rows = list[TupleRow]


async def connect(url: str) -> AsyncConnection:
    """Return a new connection, each statement its own transaction; it acts as live's own work."""
    connection = await AsyncConnection.connect(
        make_conninfo(url, application_name="carestation live", **GIVEN_UP), autocommit=True
    )
    await connection.execute(ACT)
    return connection


class Database:
    """A small pool for reading."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[AsyncConnection] = []

    async def rows(self, statement: LiteralString, parameters: Mapping[str, object]) -> Rows:
        """Run one statement; return its rows.

        Raises:
            psycopg.OperationalError: the database does not answer.
        """
        async with self._turns:
            while self._idle:
                try:
                    return await self._run(self._idle.pop(), statement, parameters)
                except psycopg.OperationalError:
                    continue
            return await self._run(await connect(self._url), statement, parameters)

    async def close(self) -> None:
        """Give up all connections."""
        while self._idle:
            await self._idle.pop().close()

    async def _run(
        self, db: AsyncConnection, statement: LiteralString, parameters: Mapping[str, object]
    ) -> Rows:
        try:
            cursor = await db.execute(statement, parameters)
            rows = await cursor.fetchall()
        except BaseException:
            await db.close()
            raise
        self._idle.append(db)
        return rows
