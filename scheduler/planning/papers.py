"""A paper (附件) of a meeting: a plain value without behaviour."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document shown to all of a meeting; `media_type` was found by its bytes."""

    id: str
    occurrence: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
