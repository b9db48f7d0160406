"""The database as an operator sees it: reachable, new enough, with our roles and database."""

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.postgres import ADMIN, APP, DATABASE, OWNER, Cluster
from config.private_files import secret

OLDEST: Final = 150_000
START_SECONDS: Final = 60


def await_cluster(
    cluster: Cluster, *, alive: Callable[[], bool], seconds: float = START_SECONDS
) -> None:
    """Wait until our own server answers; it may have a crash to recover from.

    Raises:
        SystemExit: it does not answer in time.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(cluster.url(ADMIN, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > until or not alive():
                raise SystemExit(f"PostgreSQL does not start: {_sentence(error)}") from error
            time.sleep(0.05)
        else:
            return


def ensure_roles(cluster: Cluster) -> None:
    """Make our roles and our database in a new cluster: the owner, and the application's."""
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is not None:
            return
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            _ensure_role(connection, cluster, role, rights)
        for statement in (
            f"GRANT {APP} TO {OWNER}",
            "REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE postgres TO {OWNER}",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        ):
            connection.execute(sql.SQL(statement))


def check_database(url: str) -> None:
    """See that a database given from outside answers and is new enough.

    Raises:
        SystemExit: it does not; the sentence says why, without the password.
    """
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise SystemExit(f"DATABASE_URL does not lead to a database: {_sentence(error)}") from error
    if version < OLDEST:
        raise SystemExit(f"PostgreSQL 15 or later is needed; this is {version // 10_000}.")


def ensure_app_role(url: str) -> None:
    """See that a database given from outside has the application's role, and that we may take it.

    Raises:
        SystemExit: its user may not make the role.
    """
    with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
        try:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APP]).rowcount == 0:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP)))
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APP)))
        except psycopg.errors.InsufficientPrivilege:
            _take_app_role(connection)


def check_wall(url: str) -> None:
    """See that row-level security binds who serves people (docs/explanation/the-wall.md).

    Raises:
        SystemExit: it does not: the user owns the tables, or passes all policies; or a pooler
            hands a connection on, with who acts on it.
    """
    _require_own_session(url)
    with psycopg.connect(url, connect_timeout=5) as connection:
        found = connection.execute("SELECT row_security_active('timeline_post'), current_user")
        is_bound, user = found.fetchone() or (False, "")
    if not is_bound:
        raise SystemExit(
            f"Row-level security does not bind the database's user {user}: let DATABASE_URL take "
            f"the role {APP} (?options=-c%20role%3D{APP}), and keep the owner to "
            "DATABASE_OWNER_URL."
        )


def as_app_role(url: str) -> str:
    """Return the address with which the application takes its own role after signing in."""
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}options={quote(f'-c role={APP}', safe='')}"


def _require_own_session(url: str) -> None:
    # Who is alone in a session finds the same server process each time, and nobody else there.
    with (
        psycopg.connect(url, connect_timeout=5, autocommit=True) as one,
        psycopg.connect(url, connect_timeout=5, autocommit=True) as other,
    ):
        found = [[_process(each) for each in (one, other)] for _ in range(2)]
    if found[0] != found[1] or len(set(found[0])) == 1:
        raise SystemExit(
            "DATABASE_URL leads to a pooler that hands out connections by transaction: who acts "
            "would stay for whoever comes next. Let it pool by session, or go past it."
        )


def _process(connection: psycopg.Connection) -> int:
    (number,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    return int(number)


def _take_app_role(connection: psycopg.Connection) -> None:
    try:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP)))
    except psycopg.Error as error:
        user = connection.info.user
        raise SystemExit(
            f"The database's user {user} may not take the role {APP}; let an administrator run: "
            f"CREATE ROLE {APP} NOLOGIN; GRANT {APP} TO {user};"
        ) from error


def _ensure_role(connection: psycopg.Connection, cluster: Cluster, role: str, rights: str) -> None:
    password = secret(cluster.secrets, f"postgres-{role}").encode()
    sealed = connection.pgconn.encrypt_password(password, role.encode(), b"scram-sha-256")
    exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount
    verb = "ALTER" if exists else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} LOGIN {rights} PASSWORD {{}}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(sealed.decode())))


def _sentence(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (
        (lines or [type(error).__name__])[0]
        .removeprefix("connection failed: ")
        .removeprefix("connection is bad: ")
    )
