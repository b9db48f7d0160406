"""The tables are empty again after a test that committed.

Rows go from the tables that have some. Django's own `flush` makes the files of all tables anew, so
every connection plans anew, and writes the content types and rights that nobody asks for: twenty
times the work. Like it, this waits for whoever still writes.
"""

from typing import Final

from django.db import connection

# Foreign keys are looked at when the transaction ends, but for those of the jobs: last names first.
EMPTY: Final = """
DO $$
DECLARE
    one regclass;
    part regclass;
    filled boolean;
BEGIN
    FOR one IN
        SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
        ORDER BY relname DESC
    LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', one);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled AND one = 'factlog_loggedfact'::regclass THEN
            -- Nobody may delete a fact; the files of a month without any stay.
            FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = one LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO filled;
                IF filled THEN
                    EXECUTE format('TRUNCATE %s', part);
                END IF;
            END LOOP;
        ELSIF filled THEN
            EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
END $$
"""


def empty() -> None:
    """Leave no row that a test committed."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(EMPTY)
