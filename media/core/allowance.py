"""What may be sent to one receiver in pictures, in bit/s: the rule. Sound is always sent.

Nothing is known of a new line, so it opens by degrees: `START_BPS` first, or the main picture's
lowest layer if that is more. Where the receiver estimates, retransmissions are sent along that
double the whole again and again (media.core.ramp); the budget follows `BEHIND_S` later with what no
sign was seen of; a line that is too thin loses copies then, not pictures. Elsewhere the budget
is doubled each time that a report came about what was sent since the time before, or after
`BLIND_STEP_S` without one. So there is no limit after four to five seconds, unless the line shows
that it is full. Two signs say so.

The receiver's own estimate (REMB) fell and stays below what is sent. Browsers lower it only when
delay grows, to 85 % of what came through; and they never raise it beyond one and a half times what
they receive. So an estimate is no limit by itself, but one that fell and stays below `FULL_SHARE`
of what is sent for `PROOF_S`, or below `SHORT_SHARE` for `LONG_PROOF_S`, is what the line carries.
The first one, while a line opens, ends that; it tells of the second before, in which less was sent.
So a little more is sent than it says, and if neither round trips nor losses tell of a queue, the
line is probed again soon, from there on.

Or much is lost, twice in a row of about a hundred packets each: more than `LOSS_LIMIT`; but from
a receiver that estimates, and whose round trip shows no queue either, more than `HEAVY_LOSS`, for
then the line most likely loses by itself. What got through is the limit then. If sending less does
not make the loss smaller, the line does lose by itself, the limit is lifted and only more loss than
that counts. Loss up to `HEAVY_LOSS` never takes away the main picture's lowest layer.

A full line may stay full: all that it carries is sent, and what has no room in its queue is asked
for again. So where round trips tell of a queue that stands (media.core.trips) the limit is lowered
to `DRAINED` of what is sent, though never below the main picture's least.

A limit does not rise by itself either. After a wait the line is probed: retransmissions are sent
along until they make up what is wanted next, doubling the whole in `PROBE_DOUBLES_S`, and for
`PROBE_HOLDS_S` more. When the estimate grows and never falls, the round trip does not grow, and
nothing more is lost, the limit rises to what was tried. Each time this fails, or what it brought
had to be taken back, the wait doubles up to `LONGEST_WAIT_S`; a quiet time forgives. So a thin
line is disturbed less and less often, and a slot changes only when the line has proved to carry it.
A line that carried all there is for `OPEN_AGAIN_S` has no limit any more.
"""

from math import inf, log2

from media.core.allocation import Plan
from media.core.ramp import CEILING, THROUGH, Ramp
from media.core.trips import RoundTrips

START_BPS = 250_000.0
START_ROOM = 1.2
"""So much more than the lowest layer needs, because rates breathe."""
OPENING_STEP_S = 0.5
"""A report tells of a step only when it comes so much later."""
BLIND_STEP_S = 1.0
OPENING_GROWTH = 2.5
OPEN_BPS = 3_000_000.0

FELL = 0.95
FULL_SHARE, PROOF_S = 0.65, 1.0
SHORT_SHARE, LONG_PROOF_S = 0.85, 3.0
LOSS_LIMIT, HEAVY_LOSS = 0.10, 0.25

FIRST_WAIT_S, LONGEST_WAIT_S = 3.0, 20.0
DOUBTED_WAIT_S = 1.5
"""After an estimate in the opening that nothing else supports."""
EPISODE_S = 2.5
"""Signs of a full line in so short a time are one failure."""
PROBE_DOUBLES_S = 3.0
"""A probe grows no faster than this, so that what is too much when the receiver says so stays a
small part of a second."""
PROBE_LEAST_S = 1.0
"""A small probe takes so long to grow."""
PROBE_HOLDS_S = 1.5
"""At its full rate the line has to carry it for so long."""
MISSED = 10
"""Packets asked for again: with an estimate that fell, or in a probe, they prove a full line."""
FRESH_S = 2.0
"""What a line was measured to carry so lately, a probe begins with; another grows from what is
sent."""
PROBE_JUDGED_S = 0.7
"""So long after it has grown the estimate must have moved, or the probe ends."""
DRAINED = 0.8
PROBE_GROWTH = 1.5
"""A first probe asks for so much of what is sent, or for what is wanted next if that is more."""
PROBE_ROOM = 1.06
"""By so much more is tried than is wanted, because rates breathe."""
PROVED = 1.04
"""By this factor an estimate grows in a probe that the line carries."""
SETTLING_S = 2.0
"""After a cut, reports still tell of the time before it for so long."""
MOST_NATURAL = 0.4
OPEN_AGAIN_S = 10.0
TAKEN_BACK_S = 12.0
STALE_S = 10.0
"""One loss so long after another is not a second in a row."""


class Allowance:
    __slots__ = (
        "_ceiling",
        "_cut_at",
        "_cut_from",
        "_cut_share",
        "_estimate",
        "_estimate_before",
        "_failed_at",
        "_full_at",
        "_lossy",
        "_lossy_at",
        "_missed",
        "_natural",
        "_probe_at",
        "_probe_from",
        "_probe_grows_s",
        "_probe_until",
        "_raised_at",
        "_ramp",
        "_reported_at",
        "_satisfied_since",
        "_spare_main",
        "_stepped_at",
        "_suspect_since",
        "_target",
        "_wait",
        "budget",
        "estimating",
        "opening",
        "probe_bps",
        "trips",
    )

    def __init__(self, *, estimating: bool = False) -> None:
        """`estimating` says that the receiver will send estimates (REMB)."""
        self.estimating = estimating
        self.budget: float = START_BPS
        """Bit/s for all picture slots together."""
        self.opening = True
        """The line is new; what is not sent yet is about to come."""
        self.probe_bps = 0.0
        """How much is to be sent besides now, to try the line."""
        self._estimate: float = inf
        self._suspect_since = inf
        self._stepped_at = self._reported_at = -inf
        self._lossy = self._missed = 0
        self._lossy_at = -inf
        self._ramp = Ramp()
        self._ceiling = inf
        """What was too much lately."""
        self._natural = 0.0
        self._cut_at = -inf
        self._cut_share = self._cut_from = 0.0
        self._spare_main = False
        self._wait = FIRST_WAIT_S
        self._failed_at = self._raised_at = -inf
        self._probe_at = self._probe_until = inf
        self._probe_from = 0.0
        self._probe_grows_s = PROBE_LEAST_S
        self._estimate_before = 0.0
        self._target = 0.0
        self._satisfied_since = inf
        self._full_at = -inf
        self.trips = RoundTrips()

    @property
    def estimate(self) -> float | None:
        """The receiver's own estimate (REMB), None before the first."""
        return None if self._estimate == inf else self._estimate

    @property
    def content(self) -> bool:
        """There is no limit, and no sign of one."""
        return self.budget == inf and self._suspect_since == inf and not self.opening

    # -- what the receiver says ---------------------------------------------------------------

    def estimated(self, bps: float, now: float) -> None:
        """Take an estimate of the receiver (REMB)."""
        full = self.trips.loaded or self._missed > 0
        if bps < FELL * self._estimate:
            if self._suspect_since == inf:
                self._suspect_since, self._missed = now, 0
            if self._probe_until < inf and self._estimate < inf:
                self._failed(now)
        self._estimate = bps
        if self.opening and self._ramp.running:
            self._ceiling = CEILING * bps
            self._full(self._ramp.carried(bps, full, self.trips.last, now), now)
            if not full:
                self._probe_at = now + DOUBTED_WAIT_S

    def reported(self, now: float) -> None:
        """Note that the receiver reported on what it gets."""
        self._reported_at = now

    def missed(self, count: int, now: float) -> None:
        """Note that the receiver asks for so many packets again."""
        self._missed += count
        if self._probe_until < inf and self._missed >= MISSED:
            self._failed(now)

    def lost(self, share: float, sound: float, pictures: float, now: float) -> None:
        """Take the share of packets (0..1) that was lost of enough of them; what was sent in
        bit/s."""
        if share < self._natural:
            self._natural += (share - self._natural) / 4
        sent = min(pictures, self.budget)
        short = self._estimate < SHORT_SHARE * sent
        limit = LOSS_LIMIT if self.trips.loaded or short or not self.estimating else HEAVY_LOSS
        if share - self._natural <= limit or now - self._full_at < SETTLING_S:
            self._lossy = 0
            return
        self._lossy = 1 if now - self._lossy_at > STALE_S else self._lossy + 1
        self._lossy_at = now
        if self._probe_until < inf:
            self._failed(now)
        if self._lossy < 2:
            return
        self._lossy = 0
        helped = share <= 0.7 * self._cut_share
        if now - self._cut_at < TAKEN_BACK_S and not helped and share <= MOST_NATURAL:
            self._natural = share
            self._cut_at = -inf
            self._raise(self._cut_from)
            return
        self._cut_at, self._cut_share, self._cut_from = now, share, self.budget
        if short:
            self._full(self._estimate, now)
        else:
            self._full(max(0.0, THROUGH * (1 - share) * (sound + sent) - sound), now)
        self._spare_main = share <= HEAVY_LOSS

    def took(self, round_trip: float, now: float) -> None:
        """Take a round trip in seconds, out of a report."""
        self.trips.take(round_trip, now)
        if self.trips.queued and self._probe_until < inf:
            self._failed(now)

    @property
    def full_at(self) -> float:
        """When the line showed last that it is full, or that a probe was too much."""
        return max(self._full_at, self._failed_at)

    # -- time ---------------------------------------------------------------------------------

    def advance(self, sending: float, plan: Plan, now: float, *, repeatable: bool = True) -> None:
        """Judge the line by the bit/s of pictures it is `sending` and how the budget was divided
        last; called every few 100 ms.

        Not `repeatable`: there is nothing to probe with; then what is wanted is just tried.
        """
        self._judge(sending, now)
        if self.opening:
            self._open(sending, plan, now, repeatable)
        elif self.budget < inf:
            self._drain(sending, plan, now)
            if self._spare_main:
                self.budget = max(self.budget, plan.least)
            self._probe(sending, plan, now, repeatable)

    def _judge(self, sending: float, now: float) -> None:
        if self._suspect_since == inf:
            return
        if self._estimate >= SHORT_SHARE * sending:
            self._suspect_since = inf
            return
        proof = PROOF_S if self._estimate < FULL_SHARE * sending else LONG_PROOF_S
        proof = 0.0 if self._missed >= MISSED else proof
        if now - self._suspect_since >= proof:
            self._suspect_since = inf
            self._full(self._estimate, now)

    def _drain(self, sending: float, plan: Plan, now: float) -> None:
        """Send less through a queue that stands and does not shrink: it delays the sound, and what
        it has no room for is asked for again and keeps it full."""
        if sending > START_ROOM * plan.least and self.trips.stands(self._full_at, now):
            self._full(min(self.budget, max(plan.least, DRAINED * sending)), now)

    def _open(self, sending: float, plan: Plan, now: float, repeatable: bool) -> None:
        self.budget = max(self.budget, START_ROOM * plan.least)
        if not self.estimating or not repeatable or sending == 0:
            self._step(now)
            return
        self._ramp.begin(sending, now)
        most = min(OPEN_BPS, PROBE_ROOM * plan.demand)
        self.probe_bps = max(0.0, min(self._ramp.level(now), most) - sending)
        behind = self._ramp.behind(self.trips.last, now)
        self.budget = max(self.budget, behind)
        if behind >= most:
            self._raise(inf)

    def _step(self, now: float) -> None:
        if self._stepped_at == -inf:
            self._stepped_at = now
        told = self._reported_at >= self._stepped_at + OPENING_STEP_S
        doubtful = self.trips.loaded or self._lossy or self._suspect_since < inf
        if not doubtful and (told or now - self._stepped_at >= BLIND_STEP_S):
            self._stepped_at = now
            self.budget *= OPENING_GROWTH
            if self.budget > OPEN_BPS:
                self._raise(inf)

    def _probe(self, sending: float, plan: Plan, now: float, repeatable: bool) -> None:
        if plan.easiest == inf:
            self._satisfied_since = min(self._satisfied_since, now)
            if now - self._satisfied_since >= OPEN_AGAIN_S:
                self._raise(inf)
            return
        self._satisfied_since = inf
        if self._probe_until < inf:
            left = self._probe_until - now
            grown = min(1.0, 1 - (left - PROBE_HOLDS_S) / self._probe_grows_s)
            tried = self._probe_from * (self._target / self._probe_from) ** grown
            # What is sent breathes; the sum of both is to stay what is tried.
            self.probe_bps = max(0.0, tried - sending)
            stuck = self._estimate <= self._estimate_before and self._estimate < self._target
            if left <= 0:
                self._proved(now)
            elif stuck and left <= PROBE_HOLDS_S - PROBE_JUDGED_S:
                self._failed(now)
        elif now >= self._probe_at and self._suspect_since == inf:
            # What matters most first; when that does not go, what costs least.
            self._target = PROBE_ROOM * plan.easiest
            if self._wait == FIRST_WAIT_S:
                further = min(PROBE_GROWTH * sending, plan.demand)
                most = max(PROBE_ROOM * plan.next, further)
                self._target = most if most < self._ceiling else self._target
            if self._target >= self._ceiling and now - self._failed_at < LONGEST_WAIT_S:
                self._probe_at = self._failed_at + LONGEST_WAIT_S
                return
            self._missed = 0
            if not repeatable:
                self._succeeded(now)
                return
            self._estimate_before = self._estimate
            fresh = min(self.budget, self._estimate) if now - self._full_at < FRESH_S else 0.0
            self._probe_from = min(max(sending, self._target / 4, fresh), self._target)
            doublings = log2(self._target / self._probe_from)
            self._probe_grows_s = max(PROBE_LEAST_S, PROBE_DOUBLES_S * doublings)
            self._probe_until = now + self._probe_grows_s + PROBE_HOLDS_S

    def _proved(self, now: float) -> None:
        """The probe is over, and neither did the estimate fall nor was more lost."""
        if self._estimate < min(PROVED * self._estimate_before, self._target):
            self._failed(now)
        else:
            self._succeeded(now)

    # -- decisions ----------------------------------------------------------------------------

    def _full(self, bps: float, now: float) -> None:
        """The line is full: `bps` is the limit for now."""
        opening, self.opening = self.opening, False
        self.budget = bps
        self._full_at = now
        self._spare_main = False
        if opening:
            self._failed_at = now
        if not opening and now - self._raised_at < TAKEN_BACK_S:
            self._failed(now)
        else:
            self._end_probe()
            self._probe_at = now + self._wait

    def _failed(self, now: float) -> None:
        """What was tried does not go: wait longer before the next time."""
        if now - self._failed_at > LONGEST_WAIT_S + 2 * self._wait:
            self._wait = FIRST_WAIT_S
        elif now - self._failed_at > EPISODE_S:
            self._wait = min(2 * self._wait, LONGEST_WAIT_S)
        self._failed_at = now
        if self._probe_until < inf:
            self._ceiling = min(self._ceiling, self._target)
        self._probe_at = now + self._wait
        self._end_probe()

    def _succeeded(self, now: float) -> None:
        """The line carries more. Only the second time in a row shows that the waits were long
        enough: what the first one brought may have to be taken back."""
        if self._raised_at > self._failed_at:
            self._wait = FIRST_WAIT_S
        self._raised_at = now
        self._ceiling = inf
        self._probe_at = now + FIRST_WAIT_S
        self._raise(max(self.budget, self._target))

    def _raise(self, bps: float) -> None:
        self.budget = bps
        self.opening = False
        self._end_probe()
        if bps == inf:
            self._satisfied_since = inf
            self._spare_main = False

    def _end_probe(self) -> None:
        self._ramp.end()
        self.probe_bps = 0.0
        self._probe_until = inf
