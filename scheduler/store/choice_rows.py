"""Queries of how the invited were chosen, and of the reasons kept for meetings that opened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import Choice, ChoiceKind, Standing
from scheduler.store.planning_tables import invitation_choice as table
from scheduler.store.planning_tables import invitation_reason


async def write(
    connection: AsyncConnection,
    choices: Sequence[Choice],
    *,
    series: str | None = None,
    occurrence: str | None = None,
) -> None:
    """Write the choices of a series or of a meeting in the place of those it had."""
    owner = table.c.series == series if series is not None else table.c.occurrence == occurrence
    await connection.execute(delete(table).where(owner))
    rows = [
        {
            "series": series,
            "occurrence": occurrence,
            "position": position,
            "kind": one.kind,
            "subject": one.subject,
            "within": one.within,
            "below": one.below,
            "standing": one.standing,
        }
        for position, one in enumerate(choices)
    ]
    if rows:
        await connection.execute(insert(table), rows)


async def of(
    connection: AsyncConnection, *, series: str | None = None, occurrence: str | None = None
) -> tuple[Choice, ...]:
    """Read the choices of a series or of a meeting, in order."""
    owner = table.c.series == series if series is not None else table.c.occurrence == occurrence
    return tuple(
        Choice(
            kind=ChoiceKind(row.kind),
            subject=row.subject,
            within=row.within,
            below=row.below,
            standing=Standing(row.standing),
        )
        for row in await connection.execute(select(table).where(owner).order_by(table.c.position))
    )


async def copy_series(connection: AsyncConnection, old: str, new: str) -> None:
    """Give the choices of a series to another one."""
    await write(connection, await of(connection, series=old), series=new)


async def chosen_series(connection: AsyncConnection) -> frozenset[str]:
    """Read which series have choices."""
    query = select(table.c.series).where(table.c.series.is_not(None)).distinct()
    return frozenset((await connection.execute(query)).scalars())


async def keep_reasons(
    connection: AsyncConnection,
    occurrence: str,
    reasons: Mapping[str, Sequence[tuple[ChoiceKind, str]]],
) -> None:
    """Write why each of a meeting was invited, once."""
    rows = [
        {"occurrence": occurrence, "invited": invited, "kind": kind, "subject": subject}
        for invited, found in reasons.items()
        for kind, subject in dict.fromkeys(found)
    ]
    if rows and not await reasons_of(connection, occurrence):
        await connection.execute(insert(invitation_reason), rows)


async def reasons_of(
    connection: AsyncConnection, occurrence: str
) -> dict[str, tuple[tuple[ChoiceKind, str], ...]]:
    """Read why each of a meeting was invited, by person or site."""
    found: defaultdict[str, list[tuple[ChoiceKind, str]]] = defaultdict(list)
    query = select(invitation_reason).where(invitation_reason.c.occurrence == occurrence)
    order = (invitation_reason.c.invited, invitation_reason.c.kind, invitation_reason.c.subject)
    for row in await connection.execute(query.order_by(*order)):
        found[row.invited].append((ChoiceKind(row.kind), row.subject))
    return {invited: tuple(reasons) for invited, reasons in found.items()}
