"""The light clients always offer; some servers offer as well. What the two say is matched here.

A client's offer becomes an answer to the server's, and the client accepts the server's offer as if
it were the answer to its own: the same sections read from the other side.
"""

import re
from collections.abc import Iterator, Sequence

_MEDIA = re.compile(r"^(?=m=)", re.MULTILINE)
_KINDS = ("audio", "video")


def as_client(sdp: str) -> str:
    """Turn the choice of the DTLS role into its client's, which the light clients always are."""
    return sdp.replace("a=setup:actpass", "a=setup:active")


def answer(offer: str, theirs: str) -> str:
    """Turn a receiver's own offer into an answer to theirs, in the order of their sections.

    Sections of another kind than sound and picture are refused. Raises ValueError where they offer
    more of a kind than the receiver has places for.
    """
    head, *ours = _blocks(offer)
    places = _by_kind(ours)
    sections = [_answered(block, places) for block in _blocks(theirs)[1:]]
    bundle = " ".join(_mid(section) for section in sections if _kind(section) in _KINDS)
    head = re.sub(r"^a=group:BUNDLE[^\r\n]*", f"a=group:BUNDLE {bundle}", head, flags=re.MULTILINE)
    return as_client(head + "".join(sections))


def accepted(offer: str, theirs: str, candidates: Sequence[str] = ()) -> str:
    """Turn their offer into what the receiver accepts: its sections in the order of the
    receiver's own offer, others left out, with the `candidates` that came by trickle
    (`candidate:…`, RFC 8839 §5.1) in the first."""
    head, *blocks = _blocks(theirs)
    wanted = [_kind(block) for block in _blocks(offer)[1:]]
    found = _by_kind(blocks)
    sections = [_next(found[kind], kind) for kind in wanted]
    if sections:
        sections[0] += "".join(f"a={candidate}\r\n" for candidate in candidates)
    return head + "".join(sections)


def _answered(theirs: str, places: dict[str, Iterator[str]]) -> str:
    kind, mid = _kind(theirs), _mid(theirs)
    if kind not in places:
        first = theirs.splitlines()[0].split(" ", 2)
        return f"{first[0]} 0 {first[2]}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n"
    return re.sub(r"^a=mid:[^\r\n]+", f"a=mid:{mid}", _next(places[kind], kind), flags=re.MULTILINE)


def _by_kind(blocks: list[str]) -> dict[str, Iterator[str]]:
    return {kind: iter([block for block in blocks if _kind(block) == kind]) for kind in _KINDS}


def _next(blocks: Iterator[str], kind: str) -> str:
    block = next(blocks, None)
    if block is None:
        raise ValueError(f"not as many sections of {kind} on both sides")
    return block


def _blocks(sdp: str) -> list[str]:
    """Split into what is said of the session and the sections."""
    return _MEDIA.split(sdp)


def _kind(block: str) -> str:
    return block.removeprefix("m=").split(" ", 1)[0]


def _mid(block: str) -> str:
    found = re.search(r"^a=mid:([^\r\n]+)", block, re.MULTILINE)
    return found[1] if found else ""
