"""What the Routers of a worker counted, with those participants and rooms that are gone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from media.core.router import Router

COUNTED = ("packets", "octets", "lost", "nacked", "keyframes_asked")
"""Of Router.stats: sums over those who are there now, which fall when somebody leaves."""


class Totals:
    """Sums that never fall, for counters of a monitoring system."""

    def __init__(self) -> None:
        self._gone: Counter[str] = Counter()
        self._gone_drops: Counter[str] = Counter()

    @contextmanager
    def keeping(self, router: Router) -> Iterator[None]:
        """Keep what a participant counted whom the block takes out of this room."""
        before = _counts(router)
        yield
        after = _counts(router)
        for kept, earlier, later in zip(self._kept, before, after, strict=True):
            kept.update({name: max(0, earlier[name] - later[name]) for name in earlier})

    def keep(self, router: Router) -> None:
        """Keep what a whole room counted that is about to close."""
        for kept, counted in zip(self._kept, _counts(router), strict=True):
            kept.update(counted)

    def sums(self, routers: Iterable[Router]) -> dict[str, object]:
        """Return the sums over what is gone and these rooms, `drops` by reason among them."""
        counted, drops = Counter(dict.fromkeys(COUNTED, 0)), Counter[str]()
        counted.update(self._gone)
        drops.update(self._gone_drops)
        for router in routers:
            more, more_drops = _counts(router)
            counted.update(more)
            drops.update(more_drops)
        return {**counted, "drops": dict(drops)}

    @property
    def _kept(self) -> tuple[Counter[str], Counter[str]]:
        return self._gone, self._gone_drops


def _counts(router: Router) -> tuple[Counter[str], Counter[str]]:
    stats = router.stats()
    drops = stats["drops"]
    assert isinstance(drops, Mapping)
    return Counter({name: int(str(stats[name])) for name in COUNTED}), Counter(dict(drops))
