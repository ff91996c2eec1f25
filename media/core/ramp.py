"""How quickly a new line is tried: what is sent doubles every `DOUBLES_S`.

Below `CAREFUL_BPS` it takes longer: where few packets come, a receiver sees late that they queue,
and what was too much until then has to fit into the queue.
"""

from math import log2

DOUBLES_S = 0.6
CAREFUL_BPS, DOUBLES_CAREFULLY_S = 400_000.0, 1.5


def level(begin: float, passed: float) -> float:
    """Return the bit/s to try so many seconds after it began with `begin`."""
    careful = DOUBLES_CAREFULLY_S * max(0.0, log2(CAREFUL_BPS / begin))
    doublings = min(passed, careful) / DOUBLES_CAREFULLY_S
    doublings += max(0.0, passed - careful) / DOUBLES_S
    return float(begin * 2**doublings)
