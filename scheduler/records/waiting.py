"""For whom a record waits, and for what. Pure."""

from enum import StrEnum

from scheduler.records.states import RecordState


class Wait(StrEnum):
    """What somebody has to do with a record."""

    WRITE = "write"  # the recorder: write and sign it
    SIGN = "sign"  # host or recorder: the other one has signed
    MEND = "mend"  # host and recorder: the township returned it
    REVIEW = "review"  # who reviews: it was handed in


def waits_for(
    state: RecordState,
    *,
    host: str | None,
    recorder: str | None,
    host_signed: bool = False,
    recorder_signed: bool = False,
) -> dict[str, Wait]:
    """Return whom of host and recorder the record of a settled meeting waits for."""
    both = {one for one in (host, recorder) if one is not None}
    if state is RecordState.RETURNED:
        return dict.fromkeys(both, Wait.MEND)
    if state is not RecordState.DRAFTING:
        return {}
    if not host_signed and not recorder_signed:
        return {recorder: Wait.WRITE} if recorder is not None else {}
    missing = host if recorder_signed else recorder
    return {missing: Wait.SIGN} if missing is not None else {}
