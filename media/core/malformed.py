"""The one exception that the parsers of the core raise."""


class Malformed(ValueError):
    """Bytes that are not what they claim to be; `reason` is a short name for the counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
