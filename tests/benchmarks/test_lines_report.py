"""Results of bad lines, put together out of several pieces."""

from dataclasses import replace

from benchmarks.lines_report import Report, Result, Sound, Uplink, table

RUN = Result(
    server="liancun", line="thin", first_s=0.5, frames_per_s=10.0, settled_frames_per_s=12.0,
    freezes=1, frozen_s=0.4, concealed=0.02, height=135, qp=50, kbit=180, keyframes=2, sound="red",
)  # fmt: skip
UPLINK = Uplink("plain", [{"at": 1.0, "octets": 1000, "width": 100, "allowed": 1}])
SOUND = Sound("lossy", "plain", 0.01, 30)


def test_rows_are_medians_with_the_least_and_the_most() -> None:
    runs = [RUN, replace(RUN, frames_per_s=14.0), replace(RUN, frames_per_s=2.0, first_s=None)]
    text = table(["clean", "thin"], runs)
    assert "| thin | liancun | 3 | 0.50 (1 none) | 10.0 (2.0–14.0) | 12.0 | 1 |" in text
    assert "clean" not in text


def test_what_was_measured_replaces_the_same_rows_and_leaves_the_others() -> None:
    earlier = Report(["thin"], [RUN, RUN, replace(RUN, server="janus")], [UPLINK], [SOUND])
    now = Report(["thin"], [replace(RUN, freezes=0)], [], [])
    both = now.into(Report.of(earlier.document()))
    assert [(run.server, run.freezes) for run in both.results] == [("janus", 1), ("liancun", 0)]
    assert (both.uplinks, both.sounds) == ([UPLINK], [SOUND])
    assert Report.of(both.document()) == both
