"""AES-128-GCM of many packets under as many keys in one call, by libipsec-mb where it is installed.

A packet to 235 receivers is 235 short messages under 235 keys. Called one by one, libsrtp and
OpenSSL spend most of their time on what stands around the cipher. libipsec-mb (Debian's packages
`libipsec-mb1` and `libipsec-mb2`) takes a list of up to 128 messages, "jobs", and knows the widest
instructions of the processor.

Its interface is made for C: functions are called through pointers in the manager's struct, and jobs
are written into a ring there. So this file knows the structs of the versions in `_LAYOUTS`; any
other version, one on a processor without AES instructions, and one whose first trial does not end
as AES-GCM does, is not used. Source: intel-ipsec-mb.h.
"""

import os
from array import array
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cffi import FFI
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from media.transports.columns import WORD, Columns

TAG_BYTES: Final = 16
IV_BYTES: Final = 12

_ffi: Final = FFI()
_ffi.cdef(
    """
    void *alloc_mb_mgr(uint64_t flags);
    void init_mb_mgr_auto(void *manager, int *architecture);
    void free_mb_mgr(void *manager);
    unsigned imb_get_version(void);
    uint32_t imb_set_session(void *manager, void *job);
    typedef uint32_t (*burst_function)(void *manager, uint32_t count, void **jobs);
    typedef void (*expand_function)(const void *key, void *expanded);
    """
)


class _Layout(NamedTuple):
    """What differs between versions, in bytes."""

    next_job: int
    """Of the manager: where the next job stands in the ring."""
    jobs: int
    """Of the manager: the ring."""
    job_bytes: int
    key_room: int
    """For `struct gcm_key_data`, which begins at a multiple of 64."""
    sessions: bool
    """Jobs must be made known before they are used."""


_LAYOUTS: Final[Mapping[tuple[str, int], _Layout]] = {
    ("libIPSec_MB.so.1", 0x010300): _Layout(1020, 1024, 200, 1024, sessions=False),
    ("libIPSec_MB.so.2", 0x020000): _Layout(1108, 1112, 216, 1280, sessions=True),
}
"""By the library's name and its version; corrections (the last byte) change nothing here."""
# The same in both: of the manager, in bytes. Jobs are written without the checks of the library,
# which take as long as a short message; all that it reads is written here.
_ARCHITECTURE, _ERROR = 56, 60
_EXPAND, _GET_NEXT_BURST, _SUBMIT_BURST_NOCHECK = 448, 952, 968
# Of a job, in words of eight bytes …
_KEY, _KEY_BYTES, _SOURCE, _TARGET, _SKIP, _LENGTH = 0, 2, 3, 4, 5, 6
_IV, _IV_BYTES, _TAG, _TAG_BYTES, _HEADER, _HEADER_BYTES = 9, 10, 11, 12, 13, 14
# … and in halves of them: cipher_mode, cipher_direction, hash_alg, chain_order.
_KIND_AT: Final = 33
_KIND: Final = (5, 1, 9, 1)
"""IMB_CIPHER_GCM, IMB_DIR_ENCRYPT, IMB_AUTH_AES_GMAC, IMB_ORDER_CIPHER_HASH."""

_RING: Final = 256
_MOST: Final = 128
"""Jobs of the ring, and of one call."""
_KEYS_IN_ROW: Final = 64


class MultiBufferError(RuntimeError):
    """The library cannot be used on this machine."""


class ExpandedKey:
    """A key made ready. `address` is valid for as long as this object lives."""

    __slots__ = ("_room", "address")

    def __init__(self, room: "_KeyRoom") -> None:
        self._room = room
        self.address: Final[int] = room.take()

    def __del__(self) -> None:
        self._room.give_back(self.address)


class _KeyRoom:
    """Memory for keys, which lie in a row (see media.transports.srtp_arena)."""

    def __init__(self, key_room: int) -> None:
        self._key_room = key_room
        self._rows: list[Any] = []
        self._free: list[int] = []

    def take(self) -> int:
        if not self._free:
            step = self._key_room
            row = _ffi.new("char[]", _KEYS_IN_ROW * step + 64)
            self._rows.append(row)
            start = int(_ffi.cast("uintptr_t", row))
            start += -start % 64
            self._free = [start + n * step for n in reversed(range(_KEYS_IN_ROW))]
        return self._free.pop()

    def give_back(self, address: int) -> None:
        _ffi.memmove(_ffi.cast("void *", address), bytes(self._key_room), self._key_room)
        self._free.append(address)


class MultiBuffer:
    """One manager of the library. Not thread-safe, but for `expand`."""

    def __init__(self, lib: Any, layout: _Layout) -> None:
        """Make the manager; raises MultiBufferError where the processor cannot do this."""
        self._manager = _ffi.gc(lib.alloc_mb_mgr(0), lib.free_mb_mgr)
        lib.init_mb_mgr_auto(self._manager, _ffi.new("int *"))
        size = layout.jobs + _RING * layout.job_bytes
        manager = memoryview(_ffi.buffer(self._manager, size)).cast("B")
        if not any(manager[_ARCHITECTURE : _ARCHITECTURE + 4]) or any(manager[_ERROR : _ERROR + 4]):
            raise MultiBufferError("libipsec-mb does not run on this processor")
        self._expand: Any = self._function("expand_function", _EXPAND)
        self._get: Any = self._function("burst_function", _GET_NEXT_BURST)
        self._submit: Any = self._function("burst_function", _SUBMIT_BURST_NOCHECK)
        self._next = manager[layout.next_job : layout.next_job + 4].cast("i")
        self._job_bytes = layout.job_bytes
        self._step = layout.job_bytes // WORD
        ring = manager[layout.jobs :]
        self._jobs = ring.cast("Q")
        self._list = _ffi.new("void *[]", _MOST)
        iv_memory = _ffi.new("char[]", _RING * IV_BYTES)
        self._ivs = memoryview(_ffi.buffer(iv_memory)).cast("B")
        self._lay_out(ring, int(_ffi.cast("uintptr_t", iv_memory)))
        if layout.sessions:
            first = int(_ffi.cast("uintptr_t", self._manager)) + layout.jobs
            for at in range(first, first + len(ring), layout.job_bytes):
                if not lib.imb_set_session(self._manager, _ffi.cast("void *", at)):
                    raise MultiBufferError("libipsec-mb knows no AES-GCM")
        self._room = _KeyRoom(layout.key_room)
        self._header = 0
        """Bytes that are not encrypted, as it stands in all jobs."""

    def expand(self, key: bytes) -> ExpandedKey:
        """Make a key of 16 bytes ready."""
        expanded = ExpandedKey(self._room)
        self._expand(key, _ffi.cast("void *", expanded.address))
        return expanded

    def seal(
        self, keys: memoryview, ivs: memoryview, address: int, stride: int, header: int, length: int
    ) -> bool:
        """Encrypt packets in place, one for each of `keys` (addresses, in words); False if that
        failed, and some are still as they were.

        Packet n stands at `address + n * stride` and is `length` bytes long. Its first `header`
        bytes are authenticated only; TAG_BYTES behind it are written. `ivs` has IV_BYTES for each.
        """
        columns = Columns(address, stride, len(keys))
        packets, bodies, tags = columns.at(0), columns.at(header), columns.at(length)
        if header != self._header:
            self._set_header(header)
        size = memoryview(array("Q", (length - header,)) * _MOST)
        jobs, step = self._jobs, self._step
        begin, end = 0, len(keys)
        while begin < end:
            at = self._next[0] // self._job_bytes
            count = min(end - begin, _MOST, _RING - at)
            chunk = slice(begin, begin + count)
            if self._get(self._manager, count, self._list) != count:
                return False
            self._ivs[at * IV_BYTES : (at + count) * IV_BYTES] = ivs[
                begin * IV_BYTES : (begin + count) * IV_BYTES
            ]
            at *= step
            to = at + count * step
            jobs[at + _KEY : to : step] = keys[chunk]
            jobs[at + _SOURCE : to : step] = jobs[at + _HEADER : to : step] = packets[chunk]
            jobs[at + _TARGET : to : step] = bodies[chunk]
            jobs[at + _TAG : to : step] = tags[chunk]
            jobs[at + _LENGTH : to : step] = size[:count]
            if self._submit(self._manager, count, self._list) != count:
                return False
            begin += count
        return True

    def _set_header(self, header: int) -> None:
        sizes = memoryview(array("Q", (header,)) * _RING)
        self._jobs[_SKIP :: self._step] = sizes
        self._jobs[_HEADER_BYTES :: self._step] = sizes
        self._header = header

    def _function(self, kind: str, at: int) -> Any:
        pointers = _ffi.cast("uintptr_t *", _ffi.cast("char *", self._manager) + at)
        return _ffi.cast(kind, pointers[0])

    def _lay_out(self, ring: memoryview, ivs: int) -> None:
        """Write what is the same in all jobs; the library only ever changes their status."""
        ring[:] = bytes(len(ring))
        halves = ring.cast("I")
        for n in range(_RING):
            word = n * self._step
            self._jobs[word + _KEY_BYTES] = 16
            self._jobs[word + _IV], self._jobs[word + _IV_BYTES] = ivs + n * IV_BYTES, IV_BYTES
            self._jobs[word + _TAG_BYTES] = TAG_BYTES
            half = 2 * word + _KIND_AT
            halves[half : half + len(_KIND)] = memoryview(array("I", _KIND))


def open_library() -> MultiBuffer | None:
    """Return a manager of the library; None where there is none that can be used."""
    for (name, version), layout in _LAYOUTS.items():
        try:
            lib: Any = _ffi.dlopen(name)
            if lib.imb_get_version() & ~0xFF != version:
                continue
            found = MultiBuffer(lib, layout)
        except (OSError, MultiBufferError):
            continue
        if _works(found):
            return found
    return None


def _works(found: MultiBuffer) -> bool:
    """Encrypt something, twice as much as the ring holds, and compare it with OpenSSL's result."""
    count, stride, header, length = 2 * _RING + 1, 128, 20, 100
    packets = [os.urandom(length) for _ in range(count)]
    keys = [os.urandom(16) for _ in range(count)]
    ivs = os.urandom(count * IV_BYTES)
    memory = _ffi.new("char[]", count * stride)
    view = memoryview(_ffi.buffer(memory)).cast("B")
    for n, packet in enumerate(packets):
        view[n * stride : n * stride + length] = packet
    expanded = [found.expand(key) for key in keys]
    addresses = memoryview(array("Q", [key.address for key in expanded]))
    start = int(_ffi.cast("uintptr_t", memory))
    if not found.seal(addresses, memoryview(ivs), start, stride, header, length):
        return False
    return all(
        view[n * stride : n * stride + length + TAG_BYTES]
        == packet[:header]
        + AESGCM(keys[n]).encrypt(
            ivs[n * IV_BYTES : (n + 1) * IV_BYTES], packet[header:], packet[:header]
        )
        for n, packet in enumerate(packets)
    )
