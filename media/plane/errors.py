"""What a command to the plane fails with."""


class PlaneError(Exception):
    """A command that cannot be carried out; codes as in media.messages.Refused."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
