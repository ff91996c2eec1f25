"""Settings of meetings: defaults, the rules that differ from place to place, planning, records."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from config.section import Section

MeetingTypeName = Literal[
    "member_assembly",
    "branch_committee_meeting",
    "group_meeting",
    "party_lecture",
    "theme_party_day",
    "org_life_meeting",
    "network_branch_meeting",
    "work_meeting",
]


class Meeting(Section):
    """Defaults for new series; each series may have its own."""

    grace_s: int = Field(
        default=120, ge=0, le=3600, description="A gap shorter than this is no absence, seconds."
    )
    late_after_s: int = Field(default=300, ge=0, le=7200, description="Late after, seconds.")
    present_percent: int = Field(
        default=80, ge=1, le=100, description="Present from this share of the meeting, percent."
    )
    open_before_s: int = Field(
        default=300, ge=0, le=7200, description="The room opens before the start, seconds."
    )
    ring_before_s: int = Field(
        default=60, ge=0, le=7200, description="Devices ring before the start, seconds."
    )
    ring_for_s: int = Field(default=60, ge=5, le=600, description="Ringing lasts, seconds.")
    remind_before_s: int = Field(
        default=900, ge=0, le=86400, description="Reminder before the start, seconds."
    )
    overrun_s: int = Field(
        default=1800, ge=0, le=14400, description="Closed by itself after the planned end, seconds."
    )
    horizon_days: int = Field(
        default=28, ge=1, le=400, description="Occurrences are laid out this far ahead, days."
    )


PeriodName = Literal["week", "month", "quarter", "year"]


class Rules(Section):
    """Rules of the meetings that differ from place to place; those of the law are no settings."""

    counted_from: date | None = Field(
        default=None,
        description="The day meetings began to be recorded here; what was due before is not owed. "
        "Empty: all counts.",
    )
    lecture_period: PeriodName = Field(
        default="quarter", description="A lecture (党课) is due in each week, month, quarter, year."
    )
    lecture_at_least: int = Field(
        default=1, ge=0, le=60, description="Lectures due in each period; 0: none."
    )
    theme_day_period: PeriodName = Field(
        default="month", description="A theme day (主题党日) is due in each such period."
    )
    theme_day_at_least: int = Field(
        default=1, ge=0, le=60, description="Theme days due in each period; 0: none."
    )
    org_life_period: PeriodName = Field(
        default="year", description="An 组织生活会 is due in each such period."
    )
    org_life_at_least: int = Field(
        default=1, ge=0, le=60, description="组织生活会 due in each period; 0: none."
    )
    network_period: PeriodName = Field(
        default="week", description="A network branch meets in each such period."
    )
    network_at_least: int = Field(
        default=1, ge=0, le=60, description="Network branch meetings due in each period; 0: none."
    )
    assembly_makeup_days: int = Field(
        default=7,
        ge=0,
        le=365,
        description="Who missed an assembly makes it up in, days; 0: never.",
    )
    lecture_makeup_days: int = Field(
        default=7, ge=0, le=365, description="Who missed a lecture makes it up in, days; 0: never."
    )
    election_majority_of: Literal["expected", "present"] = Field(
        default="expected",
        description="The winner of an election needs more than half of those expected or present.",
    )
    video_does_not_count: tuple[
        Literal[
            "member_assembly",
            "branch_committee_meeting",
            "group_meeting",
            "party_lecture",
            "theme_party_day",
            "org_life_meeting",
            "network_branch_meeting",
            "work_meeting",
        ],
        ...,
    ] = Field(
        default=(), description="Meetings where only who is at the main site counts for a quorum."
    )


class Alerts(Section):
    """When the clock of the branches asks somebody to look."""

    due_before_days: int = Field(
        default=10, ge=0, le=90, description="A period that ends within so many days is alerted."
    )
    absent_months: int = Field(
        default=6, ge=1, le=18, description="Absence without a reason is alerted after, months."
    )


class Study(Section):
    """Study hours (学时)."""

    minutes_per_hour: int | None = Field(
        default=None, ge=1, le=120, description="Minutes that make one; empty: by the rule (45)."
    )


class Planning(Section):
    """Planning of meetings."""

    attachment_mb: int = Field(default=20, ge=1, le=100, description="Largest paper, MiB.")
    attachments_per_meeting: int = Field(
        default=20, ge=0, le=200, description="Most papers of one meeting."
    )
    soffice: str = Field(
        default="soffice",
        description="LibreOffice, by which Word, Excel and PowerPoint are shown; empty: as files.",
    )
    pages_mb: int = Field(
        default=512, ge=16, le=65536, description="Drawn pages that are kept, MiB."
    )
    precedence: tuple[MeetingTypeName, ...] = Field(
        default=(
            "org_life_meeting",
            "member_assembly",
            "branch_committee_meeting",
            "party_lecture",
            "theme_party_day",
            "network_branch_meeting",
            "group_meeting",
            "work_meeting",
        ),
        description="Which of two meetings at once is named as the one that should stay.",
    )

    @field_validator("precedence")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("a meeting type stands twice")
        return value


class Records(Section):
    """The records of meetings and their archive packs."""

    font: Path = Field(
        default=Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
        description="Font file of the PDF, with Chinese; Debian: fonts-noto-cjk.",
    )
    blocking: tuple[str, ...] = Field(
        default=(),
        description="Findings that block the signing here though no law demands them.",
    )
