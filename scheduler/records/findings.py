"""What is not right yet with a record: pure checks, shown in words before it is signed.

What a regulation demands blocks the signing; the rest warns, and a person decides. A place may let
more of them block (`settings.records.blocking`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from scheduler.attendance.counts import CAME
from scheduler.meetings.model import MeetingType, Standing
from scheduler.records.content import PersonLine, RecordContent
from scheduler.rules.model import Mark, Source
from scheduler.rules.table import TYPES

_LOCAL: Final = Source(
    mark=Mark.LOCAL, text="会议记录的通常要求", valid_from=TYPES[0].source.valid_from
)
_RESOLVING: Final = replace(
    next(rule for rule in TYPES if rule.type is MeetingType.MEMBER_ASSEMBLY).source,
    article="11、12",
)
_LECTURE: Final = "党课"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding. `code` is the key of its text; `numbers` stand in that text; `people` are the
    persons it is about; `source` says who demands it."""

    code: str
    blocking: bool
    source: Source
    numbers: Mapping[str, int]
    people: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something that is looked at; `look` yields (numbers, people) where it is not right."""

    code: str
    source: Source
    look: Callable[[RecordContent], Iterator[tuple[dict[str, int], tuple[str, ...]]]]


Seen = Iterator[tuple[dict[str, int], tuple[str, ...]]]


def came(line: PersonLine) -> bool:
    """Return whether the person counts as present (实到)."""
    return line.state in CAME


def missing(content: RecordContent) -> tuple[PersonLine, ...]:
    """Return the expected persons who do not count as present, each of whom needs a reason."""
    return tuple(
        line for line in content.people if line.standing is Standing.EXPECTED and not came(line)
    )


def _host_missing(content: RecordContent) -> Seen:
    if content.host is None:
        yield {}, ()


def _recorder_missing(content: RecordContent) -> Seen:
    if content.recorder is None:
        yield {}, ()


def _host_not_on_roster(content: RecordContent) -> Seen:
    on_roster = {line.person for line in content.people if line.standing is not None}
    if content.host is not None and content.host.id not in on_roster:
        yield {}, (content.host.id,)


def _same_person(content: RecordContent) -> Seen:
    if content.host is not None and content.host == content.recorder:
        yield {}, (content.host.id,)


def _more_present_than_expected(content: RecordContent) -> Seen:
    numbers = content.numbers
    if numbers.present > numbers.expected:
        yield {"present": numbers.present, "expected": numbers.expected}, ()


def _absence_without_reason(content: RecordContent) -> Seen:
    silent = tuple(line.person for line in missing(content) if line.reason is None)
    if silent:
        yield {"count": len(silent)}, silent


def _ends_before_it_starts(content: RecordContent) -> Seen:
    if content.started_at and content.ended_at and content.ended_at < content.started_at:
        yield {}, ()


def _nothing_discussed(content: RecordContent) -> Seen:
    empty = sum(not section.text.strip() for section in content.discussion)
    if not content.discussion or empty == len(content.discussion):
        yield {}, ()
    elif empty:
        yield {"count": empty}, ()


def _no_resolution(content: RecordContent) -> Seen:
    if not content.resolutions:
        yield {}, ()


def _no_quorum(content: RecordContent) -> Seen:
    quorum = content.quorum
    if quorum is not None and quorum.reached is False:
        yield (
            {
                "present": quorum.decides,
                "expected": quorum.expected_voting,
                "needed": quorum.needed or 0,
            },
            (),
        )


def _adopted(content: RecordContent) -> frozenset[str]:
    return frozenset(vote.id for vote in content.votes if vote.adopted)


def _resolved_without_quorum(content: RecordContent) -> Seen:
    # What a vote adopted had its quorum then, though somebody left before the end.
    adopted = _adopted(content)
    without = [one for one in content.resolutions if one.vote not in adopted]
    if content.quorum is not None and content.quorum.reached is False and without:
        yield {"count": len(without)}, ()


def _resolved_against_the_vote(content: RecordContent) -> Seen:
    adopted = _adopted(content)
    wrong = [one for one in content.resolutions if one.vote is not None and one.vote not in adopted]
    if wrong:
        yield {"count": len(wrong)}, ()


def _lecture_in_another_record(content: RecordContent) -> Seen:
    titles = [*(line.title for line in content.agenda), *(one.title for one in content.discussion)]
    if content.type is not MeetingType.PARTY_LECTURE and any(_LECTURE in one for one in titles):
        yield {}, ()


CHECKS: Final[tuple[Check, ...]] = (
    Check(code="host_missing", source=_LOCAL, look=_host_missing),
    Check(code="recorder_missing", source=_LOCAL, look=_recorder_missing),
    Check(code="host_not_on_roster", source=_LOCAL, look=_host_not_on_roster),
    Check(code="host_is_recorder", source=_LOCAL, look=_same_person),
    Check(code="present_exceeds_expected", source=_LOCAL, look=_more_present_than_expected),
    Check(code="absence_without_reason", source=_LOCAL, look=_absence_without_reason),
    Check(code="ends_before_it_starts", source=_LOCAL, look=_ends_before_it_starts),
    Check(code="quorum_not_reached", source=_LOCAL, look=_no_quorum),
    Check(code="resolved_without_quorum", source=_RESOLVING, look=_resolved_without_quorum),
    Check(code="resolved_against_vote", source=_RESOLVING, look=_resolved_against_the_vote),
    Check(code="nothing_discussed", source=_LOCAL, look=_nothing_discussed),
    Check(code="no_resolution", source=_LOCAL, look=_no_resolution),
    Check(code="lecture_in_other_record", source=_LOCAL, look=_lecture_in_another_record),
)
"""All checks, in the order in which people read them."""

CODES: Final = frozenset(check.code for check in CHECKS)


def findings(content: RecordContent, blocking: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what is not right; `blocking` are codes that block here though no law demands it."""
    return tuple(
        Finding(
            code=check.code,
            blocking=check.source.mark is Mark.LAW or check.code in blocking,
            source=check.source,
            numbers=numbers,
            people=people,
        )
        for check in CHECKS
        for numbers, people in check.look(content)
    )
