"""Many packets under many keys in one call, beside OpenSSL and the example of RFC 7714."""

import itertools
from array import array
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from media.transports import multi_buffer
from media.transports.libc import ffi
from media.transports.multi_buffer import (
    IV_BYTES,
    TAG_BYTES,
    ExpandedKey,
    MultiBuffer,
    open_library,
)


@pytest.fixture(scope="module")
def library() -> MultiBuffer:
    found = open_library()
    if found is None:
        pytest.skip("libipsec-mb is not installed")
    return found


class Packets:
    """Equally long packets in memory, equally far apart."""

    def __init__(self, packets: list[bytes], gap: int = 0) -> None:
        self.length = len(packets[0])
        self.stride = self.length + TAG_BYTES + gap
        self._memory = ffi.new("char[]", len(packets) * self.stride)
        self.address = int(ffi.cast("uintptr_t", self._memory))
        self._view = memoryview(ffi.buffer(self._memory)).cast("B")
        self._starts = range(0, len(packets) * self.stride, self.stride)
        for start, packet in zip(self._starts, packets, strict=True):
            self._view[start : start + self.length] = packet

    def sealed(self) -> list[bytes]:
        end = self.length + TAG_BYTES
        return [bytes(self._view[start : start + end]) for start in self._starts]

    def gaps(self) -> bytes:
        """Return the bytes between packets, which nobody writes."""
        behind = self.length + TAG_BYTES
        return b"".join(self._view[s + behind : s + self.stride] for s in self._starts)


def addresses(keys: list[ExpandedKey]) -> memoryview:
    return memoryview(array("Q", [key.address for key in keys]))


def bytes_at(address: int) -> bytes:
    """Return the round keys of an expanded key."""
    return bytes(ffi.buffer(ffi.cast("char *", address), 11 * 16))


def test_the_example_of_rfc_7714(library: MultiBuffer) -> None:
    # Section 16.1.1.
    header = bytes.fromhex("8040f17b8041f8d35501a0b2")
    plain = b"Gallia est omnis divisa in partes tres"
    memory = Packets([header + plain])
    key = library.expand(bytes(range(16)))
    iv = bytes.fromhex("51753c6580c2726f20718414")
    assert library.seal(addresses([key]), memoryview(iv), memory.address, 0, 12, memory.length)
    assert memory.sealed() == [
        header
        + bytes.fromhex(
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
        )
        + bytes.fromhex("899d7f27beb16a9152cf765ee4390cce")
    ]


@given(
    st.integers(1, 600), st.integers(1, 40), st.integers(0, 1460), st.integers(0, 70), st.randoms()
)
def test_everybody_gets_what_openssl_would_have_written(
    library: MultiBuffer, count: int, header: int, body: int, gap: int, dice: Any
) -> None:
    packets = [dice.randbytes(header + body) for _ in range(count)]
    raw = [dice.randbytes(16) for _ in range(min(count, 9))]
    keys = [library.expand(each) for each in raw]
    ivs = [dice.randbytes(IV_BYTES) for _ in range(count)]
    memory = Packets(packets, gap)
    assert library.seal(
        addresses([keys[n % len(keys)] for n in range(count)]),
        memoryview(b"".join(ivs)),
        memory.address,
        memory.stride,
        header,
        memory.length,
    )
    for n, (packet, sealed) in enumerate(zip(packets, memory.sealed(), strict=True)):
        cipher = AESGCM(raw[n % len(raw)])
        assert sealed[:header] == packet[:header]
        assert sealed[header:] == cipher.encrypt(ivs[n], packet[header:], packet[:header])
    assert not any(memory.gaps())


def test_a_key_that_nobody_needs_any_more_is_wiped_and_its_place_used_again(
    library: MultiBuffer,
) -> None:
    key = library.expand(bytes(range(16)))
    place = key.address
    assert any(bytes_at(place))
    del key
    assert not any(bytes_at(place))
    assert library.expand(bytes(16)).address == place


def test_keys_lie_in_a_row(library: MultiBuffer) -> None:
    keys = [library.expand(bytes(16)) for _ in range(300)]
    places = sorted(key.address for key in keys)
    apart = [later - earlier for earlier, later in itertools.pairwise(places)]
    assert all(place % 64 == 0 for place in places)
    assert min(apart) >= 1008
    assert sorted(apart)[-10] < 2000


def test_another_version_of_the_library_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def dlopen(name: str) -> object:
        return SimpleNamespace(imb_get_version=lambda: 0x010500)

    monkeypatch.setattr(multi_buffer, "_ffi", SimpleNamespace(dlopen=dlopen))
    assert open_library() is None


def test_where_the_library_is_not_installed_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def dlopen(name: str) -> object:
        raise OSError(name)

    monkeypatch.setattr(multi_buffer, "_ffi", SimpleNamespace(dlopen=dlopen))
    assert open_library() is None


def test_a_library_with_another_result_is_not_used(
    library: MultiBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multi_buffer, "_KIND", (1, 1, 9, 1))  # not GCM but CBC
    monkeypatch.setattr(MultiBuffer, "seal", lambda *_: True)
    assert open_library() is None


def test_a_processor_without_aes_has_no_use_for_the_library(
    library: MultiBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There the library says that it runs on no architecture: 0, as always stands in this place.
    monkeypatch.setattr(multi_buffer, "_ARCHITECTURE", 16)
    assert open_library() is None
