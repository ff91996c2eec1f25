"""What somebody who plans wants done by the transaction that saves the plan."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


class Saving(Protocol):
    """What else belongs to the transaction that saves a plan."""

    async def before(self, connection: AsyncConnection) -> None:
        """Look before anything is locked, read or written; raise DomainError to refuse."""

    async def after(
        self,
        connection: AsyncConnection,
        *,
        series: str | None = None,
        occurrence: str | None = None,
    ) -> None:
        """Write what goes with the series or the meeting that was saved."""


class Unseen:
    """Saving without a look at anything else."""

    async def before(self, connection: AsyncConnection) -> None:
        """Refuse nothing."""

    async def after(
        self,
        connection: AsyncConnection,
        *,
        series: str | None = None,
        occurrence: str | None = None,
    ) -> None:
        """Write nothing."""


UNSEEN = Unseen()
