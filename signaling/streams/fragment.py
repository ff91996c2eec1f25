"""SDP fragments of ICE (RFC 8840 §9, as RFC 9725 uses them): new candidates, or a restart.

Candidates are read past: an ice-lite server waits for checks and needs none of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.errors import Invalid

CONTENT_TYPE = "application/trickle-ice-sdpfrag"
MAX_FRAGMENT_BYTES = 16 * 1024

_LINE = re.compile(r"[a-z]=\S.*")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}", re.ASCII)
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fragment:
    """`ice` is the peer's name and password; None where the fragment has only candidates."""

    ice: tuple[str, str] | None


def read_fragment(text: str) -> Fragment:
    """Read a fragment; raise Invalid("stream_fragment_invalid")."""
    lines = [line for line in text.splitlines() if line]
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise Invalid("stream_fragment_invalid", "not lines of SDP")
    names = set(_values(lines, "a=ice-ufrag:"))
    passwords = set(_values(lines, "a=ice-pwd:"))
    if not names and not passwords:
        return Fragment(None)
    if len(names) != 1 or len(passwords) != 1:
        raise Invalid("stream_fragment_invalid", "one ICE name and one password expected")
    ufrag, password = names.pop(), passwords.pop()
    if not _UFRAG.fullmatch(ufrag) or not _PASSWORD.fullmatch(password):
        raise Invalid("stream_fragment_invalid", "ICE name or password of the wrong form")
    return Fragment((ufrag, password))


def write_fragment(answer: str, ufrag: str, password: str) -> str:
    """Return the server's side of a restart, lines ended by CRLF.

    `answer` is the first one: what it says besides name and password still holds. Candidates
    belong to a section (RFC 8840 §9.2), which is the first of the bundle: it carries the transport.
    """
    session, *sections = re.split(r"(?=^m=)", answer, flags=re.MULTILINE)
    group = next(iter(_values(session.splitlines(), "a=group:BUNDLE ")))
    mid = f"a=mid:{group.split()[0]}"
    section = next(lines for lines in map(str.splitlines, sections) if mid in lines)
    lines = [
        "a=ice-lite",
        *(line for line in session.splitlines() if line.startswith("a=ice-options:")),
        f"a=group:BUNDLE {group}",
        section[0],
        mid,
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{password}",
        *(line for line in section if line.startswith("a=candidate:")),
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"


def _values(lines: Iterable[str], name: str) -> Iterable[str]:
    return (line.removeprefix(name) for line in lines if line.startswith(name))
