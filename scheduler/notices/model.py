"""What is told to whom, and what a channel must be able to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from scheduler.directory.model import Person


class Channel(StrEnum):
    """The ways out of the house."""

    MAIL = "mail"
    SMS = "sms"
    WEBHOOK = "webhook"


class NoticeKind(StrEnum):
    INVITATION = "invitation"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"
    RECORD_WRITE = "record_write"
    RECORD_SIGN = "record_sign"
    RECORD_RETURNED = "record_returned"
    RECORD_REVIEW = "record_review"


OF_RECORDS: Final = frozenset(
    {
        NoticeKind.RECORD_WRITE,
        NoticeKind.RECORD_SIGN,
        NoticeKind.RECORD_RETURNED,
        NoticeKind.RECORD_REVIEW,
    }
)
"""Of the record of a meeting that is over; `sequence` is the version of the record, 0 where nobody
has written into it."""


RECORD_WAITS: Final = timedelta(days=3)
"""For so long a notice of a record is tried to be sent."""


class NoticeState(StrEnum):
    """A notice is due until it was sent, could not be delivered, or came too late."""

    DUE = "due"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    TOO_LATE = "too_late"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message to one person about one occurrence.

    `sequence` is the one of RFC 5545, 3.8.7.4: it rises with every change that is told. `attempts`
    tells this lease from a later one.
    """

    id: int
    occurrence: str
    person: str
    channel: Channel
    kind: NoticeKind
    sequence: int
    title: str
    start: datetime
    end: datetime
    written_at: datetime
    attempts: int

    @property
    def useless_after(self) -> datetime:
        """A reminder or a cancellation says nothing new once the meeting would have begun; that a
        record waits is worth saying for a while."""
        if self.kind in OF_RECORDS:
            return self.written_at + RECORD_WAITS
        early = self.kind in (NoticeKind.REMINDER, NoticeKind.CANCELLATION)
        return self.start if early else self.end


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How far a notice got, for the organizer. `error` is a word, never an address or a name."""

    person: str
    channel: Channel
    kind: NoticeKind
    state: NoticeState
    written_at: datetime
    finished_at: datetime | None
    attempts: int
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A notice in words, for one person. `link` is where the meeting is entered."""

    notice: Notice
    to: Person
    subject: str
    text: str
    unit: str
    link: str


class Undeliverable(Exception):
    """The other side refused for good; the text is a word for the log, without any address."""


class Sender(Protocol):
    """One channel. Any exception but Undeliverable means: try again later."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter over; return when the other side has taken it.

        After a crash the same letter may come again, with the same id and sequence.
        """
