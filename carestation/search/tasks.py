"""What the worker reads for search.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from carestation.search.choices import Job
from carestation.search.commands.documents import read_document

AGAIN = RetryStrategy(max_attempts=3, exponential_wait=30)


@app.task(name=Job.READ_DOCUMENT, retry=AGAIN)
def read(*, file_id: str) -> None:
    """Read the words of a document."""
    read_document(UUID(file_id))
