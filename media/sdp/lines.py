"""The skeleton of a session description: a session part, then media sections (RFC 8866 §5).

Nothing here knows what an attribute means; `offer.py` does.
"""

import re
from dataclasses import dataclass, field

from media.messages import MAX_OFFER_CHARS
from media.sdp.errors import invalid

MAX_LINES = 20_000
"""Chromium 156 needs 3,400 for 25 video slots with every codec it has."""
MAX_LINE_CHARS = 4_096
MAX_SECTIONS = 64

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(slots=True)
class Part:
    """The session part or one media section: its attributes in order, as (name, value)."""

    media: str = ""
    """What follows `m=`; empty for the session part."""
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def first(self, name: str) -> str | None:
        """Return the value of the first attribute of this name; "" for a flag."""
        return next((value for key, value in self.attributes if key == name), None)

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.attributes)


def split(text: str) -> tuple[Part, list[Part]]:
    """Cut the text into its session part and its media sections; raise SdpError."""
    if len(text) > MAX_OFFER_CHARS:
        raise invalid(f"longer than {MAX_OFFER_CHARS} characters")
    lines = text.split("\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        raise invalid(f"more than {MAX_LINES} lines")
    session = part = Part()
    sections: list[Part] = []
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix("\r")
        if not line:
            continue
        if len(line) > MAX_LINE_CHARS or _CONTROL.search(line):
            raise invalid(f"line {number} is too long or holds control characters")
        if line[1:2] != "=" or not ("a" <= line[0] <= "z"):
            raise invalid(f"line {number} is not of the form x=value")
        if number == 1 and line != "v=0":
            raise invalid("does not begin with v=0")
        if line[0] == "m":
            part = Part(media=line[2:])
            sections.append(part)
            if len(sections) > MAX_SECTIONS:
                raise invalid(f"more than {MAX_SECTIONS} media sections")
        elif line[0] == "a":
            name, _, value = line[2:].partition(":")
            part.attributes.append((name, value))
    if lines[0].removesuffix("\r") != "v=0":
        raise invalid("does not begin with v=0")
    if not sections:
        raise invalid("no media section")
    return session, sections
