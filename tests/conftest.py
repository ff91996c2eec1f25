"""Fixtures for all tests."""

from tests.support.databases import (
    empty_store_url,
    postgresql,
    store,
    store_url,
)

__all__ = ["empty_store_url", "postgresql", "store", "store_url"]
