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

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


@dataclass(slots=True)
class Part:
    """The session part or one media section: the values of its attributes by name, in order."""

    media: str = ""
    """What follows `m=`; empty for the session part."""
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        """Return the value of the first attribute of this name; "" for a flag."""
        values = self.attributes.get(name)
        return values[0] if values else None

    def every(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.attributes


def split(text: str) -> tuple[Part, list[Part]]:
    """Cut the text into its session part and its media sections; raise SdpError."""
    if len(text) > MAX_OFFER_CHARS:
        raise invalid(f"longer than {MAX_OFFER_CHARS} characters")
    if _CONTROL.search(text):
        raise invalid("control characters")
    lines = text.replace("\r\n", "\n").split("\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        raise invalid(f"more than {MAX_LINES} lines")
    if lines[0] != "v=0":
        raise invalid("does not begin with v=0")
    session = part = Part()
    sections: list[Part] = []
    for line in lines:
        if not line:
            continue
        if len(line) > MAX_LINE_CHARS or line[1:2] != "=" or not ("a" <= line[0] <= "z"):
            raise invalid(f"a line that is too long or not of the form x=value: {line[:20]!r}")
        if line[0] == "a":
            name, _, value = line[2:].partition(":")
            values = part.attributes.get(name)
            if values is None:
                part.attributes[name] = [value]
            else:
                values.append(value)
        elif line[0] == "m":
            part = Part(media=line[2:])
            sections.append(part)
            if len(sections) > MAX_SECTIONS:
                raise invalid(f"more than {MAX_SECTIONS} media sections")
    if not sections:
        raise invalid("no media section")
    return session, sections
