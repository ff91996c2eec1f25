"""What the recorder writes: all of a record that the house does not know by itself."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

MOST_SECTIONS: Final = 100
MOST_PEOPLE: Final = 5000


def _writable(text: str) -> str:
    """Refuse what a document cannot hold; trim the end of lines, which nobody sees."""
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise ValueError("control characters")
    text.encode("utf-8")  # half of a surrogate pair raises UnicodeEncodeError, a ValueError
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


Heading = Annotated[str, Field(max_length=200), AfterValidator(_writable)]
Sentence = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_writable)]
Prose = Annotated[str, Field(max_length=20_000), AfterValidator(_writable)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_writable)]
Id = Annotated[str, Field(min_length=1, max_length=64)]


class Part(BaseModel):
    """Something of a record: unchangeable, and nothing in it that has no name here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mode(StrEnum):
    """How people came together (会议形式)."""

    VIDEO = "video"
    ON_SITE = "on_site"
    MIXED = "mixed"


class AbsenceReason(StrEnum):
    """Why somebody was not there: a code, never a diagnosis. The codes of leave (`LeaveReason`),
    and two more for who had none."""

    WORK = "work"
    ILLNESS = "illness"
    FAMILY = "family"
    OTHER = "other"
    EXEMPT = "exempt"  # old or ill, excused from coming
    UNEXPLAINED = "unexplained"


class Discussed(Part):
    """What was said about one item of the agenda; `item` None: about something else."""

    item: Id | None = None
    title: Heading
    speaker: Heading = ""
    text: Prose = ""


class Resolution(Part):
    """A resolution (决议), and the vote that adopted it where there was one."""

    text: Sentence
    vote: Id | None = None


class FollowUp(Part):
    """What is to be done, by whom, until which local day."""

    task: Sentence
    responsible: Heading = ""
    due: date | None = None


class Minutes(Part):
    """The recorder's part. None and empty: not said yet, so what is known is put there."""

    place: Heading = ""
    mode: Mode | None = None
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    discussion: Annotated[tuple[Discussed, ...], Field(max_length=MOST_SECTIONS)] = ()
    resolutions: Annotated[tuple[Resolution, ...], Field(max_length=MOST_SECTIONS)] = ()
    follow_ups: Annotated[tuple[FollowUp, ...], Field(max_length=MOST_SECTIONS)] = ()
    absences: Annotated[Mapping[Id, AbsenceReason], Field(max_length=MOST_PEOPLE)] = {}


def with_agenda(minutes: Minutes, agenda: Iterable[tuple[str, str, str]]) -> Minutes:
    """Return the minutes with an empty section for each (id, title, speaker), where the recorder
    has not written any yet. Afterwards the recorder's sections stand as they are."""
    if minutes.discussion:
        return minutes
    sections = tuple(
        Discussed(item=item, title=title, speaker=speaker) for item, title, speaker in agenda
    )
    return minutes.model_copy(update={"discussion": sections[:MOST_SECTIONS]})
