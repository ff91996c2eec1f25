"""The chain: whatever is changed in an entry, or in the order of entries, is found."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.records.chain import (
    BEGINNING,
    ChainBroken,
    Entry,
    EntryKind,
    check,
    entry_from,
    next_entry,
    time_of,
)

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def chain(length: int = 4) -> list[Entry]:
    found: list[Entry] = []
    for number in range(length):
        found.append(
            next_entry(
                found[-1] if found else None,
                occurrence="meeting-1",
                kind=list(EntryKind)[number % len(EntryKind)],
                author="p1",
                author_name="示例一",
                at=AT + timedelta(minutes=number),
                reason="更正" if number else "",
                content={"record": {"place": "市会议室", "number": number}},
            )
        )
    return found


def test_the_first_entry_follows_the_beginning() -> None:
    first, second = chain(2)
    assert (first.seq, first.previous) == (1, BEGINNING)
    assert (second.seq, second.previous) == (2, first.hash)


def test_the_hash_can_be_computed_by_anybody_from_what_record_json_says() -> None:
    entry = chain(1)[0]
    members = entry.members()
    stated = members.pop("hash")
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == stated
    assert members["at"] == "2026-11-23T12:30:00.000000Z"


def test_a_whole_chain_is_whole_and_an_empty_one_too() -> None:
    check([])
    check(chain())


CHANGED: dict[str, st.SearchStrategy[Any]] = {
    "occurrence": st.text(max_size=5),
    "seq": st.integers(-3, 9),
    "kind": st.sampled_from(EntryKind),
    "author": st.none() | st.text(max_size=5),
    "author_name": st.text(max_size=5),
    "at": st.datetimes(timezones=st.just(UTC)),
    "reason": st.text(max_size=5),
    "content": st.text(max_size=5) | st.just('{"record":{"number":9,"place":"市会议室"}}'),
    "previous": st.text("0123456789abcdef", min_size=64, max_size=64),
    "hash": st.text("0123456789abcdef", min_size=64, max_size=64),
}


def test_every_field_of_an_entry_is_tried_below() -> None:
    assert set(CHANGED) == {field.name for field in fields(Entry)}


@given(st.data())
def test_any_change_of_any_field_is_found(data: st.DataObject) -> None:
    whole = chain()
    at = data.draw(st.integers(0, len(whole) - 1))
    name = data.draw(st.sampled_from(sorted(CHANGED)))
    value = data.draw(CHANGED[name])
    changed = replace(whole[at], **{name: value})
    if changed == whole[at]:
        return
    with pytest.raises(ChainBroken) as error:
        check([*whole[:at], changed, *whole[at + 1 :]])
    assert error.value.seq in (1, at + 1, at + 2)


@given(st.permutations(range(4)), st.integers(0, 4))
def test_entries_removed_or_moved_are_found(order: list[int], kept: int) -> None:
    whole = chain()
    if order[:kept] == list(range(kept)):
        return  # a beginning of the chain is whole; the manifest tells how long it is
    with pytest.raises(ChainBroken):
        check([whole[number] for number in order[:kept]])


def test_entries_are_read_back_from_record_json() -> None:
    whole = chain()
    read = [entry_from(entry.members(), seq) for seq, entry in enumerate(whole, 1)]
    assert read == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": "1"},
        {"seq": True},
        {"kind": "unknown"},
        {"at": "2026-11-23"},
        {"at": "2026-11-23T12:30:00.5Z"},
        {"at": 5},
        {"author": 5},
        {"content": "text"},
        {"content": {"a": 1.5}},
        {"more": 1},
        {"reason": None},
    ],
)
def test_what_is_no_entry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ChainBroken):
        entry_from(chain(1)[0].members() | changes, 1)
    with pytest.raises(ChainBroken):
        entry_from(["no", "entry"], 1)


@given(st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_times_are_read_back_to_the_microsecond(at: datetime) -> None:
    [entry] = [replace(chain(1)[0], at=at)]
    assert time_of(entry.members()["at"]) == at
