"""Files on their way in: held in memory, never as plain text in a temporary file.

Django's own handler lets a larger file fall away without a word; this one refuses it before the
first byte of it is read.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class BoundedUploadHandler(MemoryFileUploadHandler):
    """Hold what fits into FILE_UPLOAD_MAX_MEMORY_SIZE, and refuse what does not: 413."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Look at the length that was announced, before anything is read.

        Raises:
            RequestDataTooBig: the whole request is larger than what we hold.
        """
        content_length = kwargs["content_length"] if "content_length" in kwargs else args[2]
        if content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The request is larger than what is held in memory.")
        super().handle_raw_input(*args, **kwargs)
