"""What models of requests and answers have in common."""

from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scheduler.errors import Invalid
from scheduler.meetings.model import Rules

Id = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[int, Field(ge=0, le=86400)]


class Input(BaseModel):
    """What a request says; unknown keys are refused, so that a typing error is not silent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(Input):
    """From `from` (included) to `to` (not included); both with an offset."""

    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]

    def require_at_most(self, days: int) -> None:
        """Raise Invalid("period_reversed" | "period_too_long")."""
        if self.end < self.start:
            raise Invalid("period_reversed")
        if self.end - self.start > timedelta(days=days):
            raise Invalid("period_too_long")


class ThresholdsInput(Input):
    """Thresholds in seconds and percent; what is left out takes the default of the settings."""

    grace_s: Seconds | None = None
    late_after_s: Seconds | None = None
    present_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    open_before_s: Seconds | None = None
    ring_before_s: Seconds | None = None
    remind_before_s: Seconds | None = None
    overrun_s: Seconds | None = None


class Thresholds(BaseModel):
    """The thresholds of a meeting or a series, in seconds and percent."""

    grace_s: int
    late_after_s: int
    present_percent: int
    open_before_s: int
    ring_before_s: int
    remind_before_s: int
    overrun_s: int

    @staticmethod
    def of(rules: Rules) -> dict[str, int]:
        """Return the thresholds of something that has rules."""
        return {name: getattr(rules, name) for name in Thresholds.model_fields}
