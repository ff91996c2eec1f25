"""What may be sent to one receiver in pictures, in bit/s: the rule. Sound is always sent.

Nothing is known of a new line, so it opens step by step: `START_BPS` first, half more every
`OPENING_STEP_S`, and after about three seconds there is no limit, unless the line shows that it is
full. Two signs say so.

The receiver's own estimate (REMB) fell and stays below what is sent. Browsers lower it only when
delay grows, to 85 % of what came through; and they never raise it beyond one and a half times what
they receive. So an estimate is no limit by itself, but one that fell and stays below `FULL_SHARE`
of what is sent for `PROOF_S`, or below `SHORT_SHARE` for `LONG_PROOF_S`, is what the line carries.

Or two reports in a row tell of more than `LOSS_LIMIT` lost: then what got through is the limit. If
sending less does not make the loss smaller, the line loses by itself, the limit is lifted and only
more loss than that counts. Loss up to `HEAVY_LOSS` never takes away the main picture's lowest
layer.

A limit does not rise by itself either. After a wait the line is probed: for `PROBE_S` so many
retransmissions are sent along as would make up what is wanted next. When the estimate grows and
never falls, the round trip does not grow, and nothing more is lost, the limit rises to what was
tried. Each time this fails, or
what it brought had to be taken back, the wait doubles up to `LONGEST_WAIT_S`; a quiet time
forgives. So a thin line is disturbed less and less often, and a slot changes only when the line
has proved to carry it. A line that carried all there is for `OPEN_AGAIN_S` has no limit any more.
"""

from math import inf

from media.core.allocation import Plan

START_BPS = 400_000.0
OPENING_STEP_S = 0.5
OPENING_GROWTH = 1.5
OPEN_BPS = 5_000_000.0

FELL = 0.95
FULL_SHARE, PROOF_S = 0.65, 1.0
SHORT_SHARE, LONG_PROOF_S = 0.85, 3.0
LOSS_LIMIT, HEAVY_LOSS = 0.10, 0.25
THROUGH = 0.9
"""Of what got through a full line, so much is sent from then on."""

FIRST_WAIT_S, LONGEST_WAIT_S = 3.0, 20.0
EPISODE_S = 2.5
"""Signs of a full line in so short a time are one failure."""
PROBE_S = 3.0
PROBE_JUDGED_S = 2.2
"""By then the estimate must have moved, or the probe ends."""
QUEUED_S = 0.12
"""So much more round trip than usual is a queue."""
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


class Allowance:
    __slots__ = (
        "_cut_at",
        "_cut_from",
        "_cut_share",
        "_estimate",
        "_estimate_before",
        "_failed_at",
        "_full_at",
        "_lossy",
        "_natural",
        "_next_step",
        "_probe_at",
        "_probe_until",
        "_raised_at",
        "_satisfied_since",
        "_spare_main",
        "_suspect_since",
        "_target",
        "_usual_trip",
        "_wait",
        "budget",
        "opening",
        "probe_bps",
    )

    def __init__(self) -> None:
        self.budget: float = START_BPS
        """Bit/s for all picture slots together."""
        self.opening = True
        """The line is new; what is not sent yet is about to come."""
        self.probe_bps = 0.0
        """How much is to be sent besides now, to try the line."""
        self._estimate: float = inf
        self._suspect_since = inf
        self._next_step = -inf
        self._lossy = 0
        self._natural = 0.0
        self._cut_at = -inf
        self._cut_share = self._cut_from = 0.0
        self._spare_main = False
        self._wait = FIRST_WAIT_S
        self._failed_at = self._raised_at = -inf
        self._probe_at = self._probe_until = inf
        self._estimate_before = 0.0
        self._target = 0.0
        self._satisfied_since = inf
        self._full_at = -inf
        self._usual_trip = inf

    @property
    def estimate(self) -> float | None:
        """The receiver's own estimate (REMB), None before the first."""
        return None if self._estimate == inf else self._estimate

    # -- what the receiver says ---------------------------------------------------------------

    def estimated(self, bps: float, now: float) -> None:
        """Take an estimate of the receiver (REMB)."""
        if bps < FELL * self._estimate:
            if self._suspect_since == inf:
                self._suspect_since = now
            if self._probe_until < inf and self._estimate < inf:
                self._failed(now)
        self._estimate = bps

    def lost(self, share: float, sound: float, pictures: float, now: float) -> None:
        """Take the share of packets (0..1) that the receiver's last report called lost; what was
        sent in bit/s."""
        if share < self._natural:
            self._natural += (share - self._natural) / 4
        if share - self._natural <= LOSS_LIMIT or now - self._full_at < SETTLING_S:
            self._lossy = 0
            return
        self._lossy += 1
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
        sent = min(pictures, self.budget)
        if self._estimate < SHORT_SHARE * sent:
            self._full(self._estimate, now)
        else:
            self._full(max(0.0, THROUGH * (1 - share) * (sound + sent) - sound), now)
        self._spare_main = share <= HEAVY_LOSS

    def took(self, round_trip: float, now: float) -> None:
        """Take a round trip in seconds, out of a report."""
        if round_trip > self._usual_trip + QUEUED_S and self._probe_until < inf:
            self._failed(now)
        elif round_trip < self._usual_trip:
            self._usual_trip = round_trip
        else:
            self._usual_trip += (round_trip - self._usual_trip) / 16

    # -- time ---------------------------------------------------------------------------------

    def advance(self, sending: float, plan: Plan, now: float, *, repeatable: bool = True) -> None:
        """Judge the line by the bit/s of pictures it is `sending` and how the budget was divided
        last; called every few 100 ms.

        Not `repeatable`: there is nothing to probe with; then what is wanted is just tried.
        """
        self._judge(sending, now)
        if self.opening:
            self._open(now)
        elif self.budget < inf:
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
        if now - self._suspect_since >= proof:
            self._suspect_since = inf
            self._full(self._estimate, now)

    def _open(self, now: float) -> None:
        if self._next_step == -inf:
            self._next_step = now + OPENING_STEP_S
        elif now >= self._next_step and self._suspect_since == inf and not self._lossy:
            self._next_step = now + OPENING_STEP_S
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
            # What is sent breathes; the sum of both is to stay what is tried.
            self.probe_bps = max(0.0, self._target - sending)
            left = self._probe_until - now
            stuck = self._estimate <= self._estimate_before and self._estimate < self._target
            if left <= 0:
                self._proved(now)
            elif stuck and left <= PROBE_S - PROBE_JUDGED_S:
                self._failed(now)
        elif now >= self._probe_at and self._suspect_since == inf:
            # What matters most first; when that does not go, what costs least.
            self._target = PROBE_ROOM * plan.easiest
            if self._wait == FIRST_WAIT_S:
                further = min(PROBE_GROWTH * sending, plan.demand)
                self._target = max(PROBE_ROOM * plan.next, further)
            if not repeatable:
                self._succeeded(now)
                return
            self._estimate_before = self._estimate
            self._probe_until = now + PROBE_S
            self.probe_bps = max(0.0, self._target - sending)

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
        self._probe_at = now + self._wait
        self._end_probe()

    def _succeeded(self, now: float) -> None:
        """The line carries more. Only the second time in a row shows that the waits were long
        enough: what the first one brought may have to be taken back."""
        if self._raised_at > self._failed_at:
            self._wait = FIRST_WAIT_S
        self._raised_at = now
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
        self.probe_bps = 0.0
        self._probe_until = inf
