"""How BLOB_URL names a bucket of an S3-compatible store. No Django here.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
REGION: Final = "us-east-1"
FORM: Final = "BLOB_URL must be s3://KEY:SECRET@HOST[:PORT]/BUCKET[/FOLDER][?region=REGION]."


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketUrl:
    """A bucket, where in it our things lie, and what is shown to the store."""

    endpoint: str
    bucket: str
    folder: str
    region: str
    key: str
    secret: str = field(repr=False)

    @property
    def is_tls(self) -> bool:
        """Whether what we say to the store is closed to who listens on the way."""
        return self.endpoint.startswith("https://")

    @property
    def is_near(self) -> bool:
        """Whether the store stands on this machine."""
        return urlsplit(self.endpoint).hostname in LOOPBACK


def read_url(url: str) -> BucketUrl:
    """Return what `s3://` names; `s3+http://` is the same without TLS.

    Raises:
        ValueError: it says too little, or something else; the words never hold the secret.
    """
    parts = urlsplit(url)
    bucket, _, folder = parts.path.strip("/").partition("/")
    query = parse_qs(parts.query)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ValueError(FORM) from error
    is_whole = parts.hostname and parts.username and parts.password and bucket
    if parts.scheme not in {"s3", "s3+http"} or not is_whole or query.keys() - {"region"}:
        raise ValueError(FORM)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return BucketUrl(
        endpoint=f"{'https' if parts.scheme == 's3' else 'http'}://{host}{port}",
        bucket=bucket,
        folder=folder,
        region=query.get("region", [REGION])[0],
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
    )
