"""What the commands share: their place in the parser, and work on the store."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from config.settings import Settings
from scheduler.store.engine import Store

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
T = TypeVar("T")


def with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run `work` on the configured store, brought to the newest schema; raise StoreError."""

    async def run() -> T:
        store = await Store.open(settings.store.url)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())
