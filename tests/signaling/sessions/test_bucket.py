"""A connection may burst, and then only as fast as the bucket fills."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.sessions.bucket import TokenBucket


def test_a_burst_is_let_through_and_no_more() -> None:
    bucket = TokenBucket(rate=10, burst=5, now=0)
    assert [bucket.take(1, 0) for _ in range(6)] == [True] * 5 + [False]


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    bucket = TokenBucket(rate=10, burst=5, now=0)
    assert bucket.take(5, 0)
    assert not bucket.take(2, 0.1)
    assert bucket.take(2, 0.2)
    assert not bucket.take(6, 1000)


@given(st.lists(st.floats(0, 2), max_size=50), st.floats(0.1, 50), st.integers(1, 50))
def test_no_more_is_taken_than_burst_and_rate_allow(
    pauses: list[float], rate: float, burst: int
) -> None:
    bucket, now, taken = TokenBucket(rate, burst, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += bucket.take(1, now)
    assert taken <= burst + rate * now + 1e-6
