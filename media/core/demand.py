"""Which layers of a camera anybody has use for, so that its sender can rest the others.

Wanted are the layers that go out or are about to; those up to the highest that a line could carry
whose main picture the camera is; and all layers of those who may be on everybody's main picture in
the next moment: who has the floor, who is heard now, and who spoke last. So when the speaker
changes, the layers of the next one flow already, and where they do not, its lowest one does: that
one is never stopped. A layer rests only when it was not wanted for `LINGER_S`, and flows again at
the first sign.
"""

from collections.abc import Iterable, Mapping
from math import inf

from media.core.outputs import LayersWanted
from media.core.producer import Producer
from media.core.transport import Transport

LINGER_S = 10.0
WARM_SPEAKERS = 3
"""So many who spoke last are likely to speak next."""
ALL = 99


def tops(transports: Mapping[str, Transport], likely: Iterable[str]) -> dict[str, int]:
    """Return the highest layer of which cameras there is use for, `ALL` for all of them."""
    found = dict.fromkeys(likely, ALL)
    for transport in transports.values():
        if transport.video and transport.ready:
            main = transport.video[0]
            shown = main.assigned
            if shown is not None and found.get(shown) != ALL:
                found[shown] = max(found.get(shown, 0), _top(transport, transports.get(shown)))
    return found


def review(
    transports: Mapping[str, Transport], tops: Mapping[str, int], now: float
) -> list[LayersWanted]:
    """Return what changed since the last time; called every few 100 ms. `tops` as of `tops`."""
    changed = []
    for tid, transport in transports.items():
        producer = transport.camera
        if producer is None or not producer.source.rids or transport.far:
            continue
        if producer.want(tops.get(tid, 0), LINGER_S, now):
            layers = tuple(zip(producer.source.rids, producer.wanted, strict=True))
            changed.append(LayersWanted(tid, layers))
    return changed


def _top(viewer: Transport, shown: Transport | None) -> int:
    """Return the highest layer a viewer has use for as main picture: the next one on a full
    line, which it may soon carry."""
    allowance = viewer.allowance
    if allowance.budget == inf or allowance.opening:
        return ALL
    producer: Producer | None = None if shown is None else shown.camera
    layer = None if producer is None else viewer.video[0].layer(producer)
    return 0 if producer is None or layer is None else producer.feeds[layer].index + 1
