"""The errors of the domain. One place at the edge turns them into answers for people."""


class DomainError(Exception):
    """Something the domain does not allow.

    `code` is a stable snake_case identifier, the key of the text people see in the catalogues of
    `web/i18n/`; `detail` is for engineers and carries ids only, never names.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class NotFound(DomainError):
    """No such thing, or not one the asker may know of."""


class Invalid(DomainError):
    """The request contradicts the rules of the domain."""


class Conflict(DomainError):
    """The request came too late: the state has changed."""


class Refused(DomainError):
    """Who asks may not do this, or could not prove who they are."""
