"""Two versions of a record side by side: what reads differently, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scheduler.records import words
from scheduler.records.content import PersonLine, RecordContent


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference. `section` is an id (its text: `record.section.…`), `of` says which of them
    in people's words; an empty side means that it was not there."""

    section: str
    of: str
    before: str
    after: str


def changes(before: RecordContent, after: RecordContent, zone: ZoneInfo) -> tuple[Change, ...]:
    """Return the differences in the order of the document."""
    old, new = statements(before, zone), statements(after, zone)
    keys = list(new)
    for at, key in enumerate(old):
        if key not in new:
            keys.insert(min(at, len(keys)), key)
    return tuple(
        Change(section=section, of=of, before=was, after=now)
        for section, of in keys
        for was, now in [(old.get((section, of), ""), new.get((section, of), ""))]
        if was != now
    )


def statements(content: RecordContent, zone: ZoneInfo) -> Mapping[tuple[str, str], str]:
    """Return all that a record says, as (section, of which) → text."""
    votes = {vote.id: vote.title for vote in content.votes}
    said: dict[tuple[str, str], str] = {
        ("branch", ""): content.branch.name,
        ("type", ""): words.TYPES[content.type],
        ("title", ""): content.title,
        ("scheduled", ""): words.span(content.scheduled_start, content.scheduled_end, zone),
        ("actual", ""): words.span(content.started_at, content.ended_at, zone),
        ("place", ""): content.place,
        ("mode", ""): words.MODES[content.mode],
        ("host", ""): content.host.name if content.host else "",
        ("recorder", ""): content.recorder.name if content.recorder else "",
        ("quorum", ""): words.quorum_line(content.quorum) if content.quorum else "",
    }
    _number(said, "people", [(line.name, person_line(line)) for line in content.people])
    _number(said, "agenda", [("", words.agenda_line(line)) for line in content.agenda])
    _number(said, "discussion", [(one.title, one.text) for one in content.discussion])
    _number(said, "votes", [(vote.title, words.vote_line(vote)) for vote in content.votes])
    _number(
        said,
        "resolutions",
        [("", words.resolution_line(one, votes)) for one in content.resolutions],
    )
    _number(said, "follow_ups", [("", words.follow_up_line(one)) for one in content.follow_ups])
    _number(said, "attachments", [(one.name, one.sha256) for one in content.attachments])
    return said


def person_line(line: PersonLine) -> str:
    """Return how somebody attended, in words."""
    said = [words.STANDINGS[line.standing], words.STATES[line.state]]
    if line.reason is not None:
        said.append(words.REASONS[line.reason])
    if line.substitute:
        said.append(f"替会人 {line.substitute}")
    return "，".join(said)


def _number(said: dict[tuple[str, str], str], section: str, lines: list[tuple[str, str]]) -> None:
    """Add lines that are told apart by their name, or by their number where they have none or
    share one."""
    for number, (name, text) in enumerate(lines, 1):
        of = name or str(number)
        said[section, of if (section, of) not in said else f"{of}（{number}）"] = text
