"""The states of a record as a table: one look shows every transition."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from scheduler.errors import Conflict


class RecordState(StrEnum):
    """Where a record stands."""

    DRAFTING = "drafting"  # the recorder writes; one of the two may have signed already
    SIGNED = "signed"  # by host and recorder
    SUBMITTED = "submitted"  # the township looks at it
    RETURNED = "returned"  # with a reason
    ARCHIVED = "archived"  # locked; from now on there are corrections


class Act(StrEnum):
    """What is done to a record."""

    WRITE = "write"
    SIGN = "sign"  # the first of the two signatures
    COUNTERSIGN = "countersign"  # the second
    REOPEN = "reopen"  # take the signatures back to change the text
    SUBMIT = "submit"
    RETURN = "return"
    ARCHIVE = "archive"
    CORRECT = "correct"


_S, _A = RecordState, Act

TRANSITIONS: Final[Mapping[tuple[RecordState, Act], RecordState]] = {
    (_S.DRAFTING, _A.WRITE): _S.DRAFTING,
    (_S.DRAFTING, _A.SIGN): _S.DRAFTING,
    (_S.DRAFTING, _A.COUNTERSIGN): _S.SIGNED,
    (_S.DRAFTING, _A.REOPEN): _S.DRAFTING,
    (_S.SIGNED, _A.REOPEN): _S.DRAFTING,
    (_S.SIGNED, _A.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _A.RETURN): _S.RETURNED,
    (_S.RETURNED, _A.WRITE): _S.DRAFTING,
    (_S.RETURNED, _A.REOPEN): _S.DRAFTING,
    (_S.SUBMITTED, _A.ARCHIVE): _S.ARCHIVED,
    (_S.ARCHIVED, _A.CORRECT): _S.ARCHIVED,
}

REFUSALS: Final[Mapping[RecordState, str]] = {
    _S.DRAFTING: "record_not_signed",
    _S.SIGNED: "record_signed",
    _S.SUBMITTED: "record_submitted",
    _S.RETURNED: "record_returned",
    _S.ARCHIVED: "record_archived",
}
"""The code of the Conflict where the table has no transition: it says where the record stands."""

NOT_ARCHIVED: Final = "record_not_archived"
"""The code for what only an archived record can have: corrections, a pack."""


def follow(state: RecordState, act: Act, occurrence: str = "") -> RecordState:
    """Return the state after the act; raise Conflict where it is not possible now."""
    if (state, act) in TRANSITIONS:
        return TRANSITIONS[state, act]
    raise Conflict(NOT_ARCHIVED if act is Act.CORRECT else REFUSALS[state], occurrence)


def can(state: RecordState, act: Act) -> bool:
    """Return whether the act is possible now."""
    return (state, act) in TRANSITIONS
