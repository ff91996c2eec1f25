"""SRTP of what one participant is sent, AES-128-GCM, for many packets at once.

libsrtp protects one packet a call. Where media.transports.multi_buffer has its library, RTP goes
out without libsrtp: the keys are derived here, and here is counted how often sequence numbers came
round. RTCP, and everything that comes in, stays with libsrtp.

Sources: RFC 3711 §3.3.1 (packet index), §4.3 (key derivation); RFC 7714 §8.1 (IV), §11.
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from media.transports.multi_buffer import IV_BYTES, MultiBuffer

_ENCRYPTION, _SALTING = 0, 2
"""Labels of key derivation."""
_CYCLE = 1 << 16
_HALF = 1 << 15
INDEX_BITS = 48
INDEX_MASK = (1 << INDEX_BITS) - 1


class Progress:
    """How far streams have come that are counted together: packets since the first one."""

    __slots__ = ("packets",)

    def __init__(self) -> None:
        self.packets = 0


class SentIndex:
    """The highest packet index of one stream: the sequence number that it is sent with, and how
    often that came round."""

    __slots__ = ("_first", "_progress", "_reached")

    def __init__(self) -> None:
        self._first = self._reached = -1
        self._progress = Progress()

    def of(self, sequence: int) -> int:
        """Return the index of a packet by its sequence number: the next one to the highest so far
        that ends with it. It is below 0 where a packet is older than number 0."""
        highest = max(self._first + self._progress.packets, self._reached)
        return sequence if highest < 0 else highest + nearest(sequence, highest)

    def follow(self, progress: Progress, first: int) -> None:
        """Be `first` packets ahead of `progress` from now on."""
        self._reached = max(self._reached, self._first + self._progress.packets)
        self._first, self._progress = first, progress

    def reach(self, index: int) -> None:
        """Take note of a packet that was sent by itself."""
        self._reached = max(self._reached, index)


def nearest(sequence: int, to: int) -> int:
    """Return how far a sequence number is from another one: -2**15 to 2**15 - 1."""
    return (sequence - to + _HALF) % _CYCLE - _HALF


class GcmSender:
    """What protects the RTP packets to one participant."""

    __slots__ = ("_expanded", "_indexes", "_salt", "key", "multi_buffer")

    def __init__(self, multi_buffer: MultiBuffer, key: bytes, salt: bytes) -> None:
        """Take the master key and the master salt that DTLS agreed on."""
        self.multi_buffer: Final = multi_buffer
        self._expanded = multi_buffer.expand(_derived(key, salt, _ENCRYPTION, len(key)))
        self.key: Final = self._expanded.address
        self._salt = int.from_bytes(_derived(key, salt, _SALTING, IV_BYTES), "big")
        self._indexes: dict[int, SentIndex] = {}

    def index(self, ssrc: int) -> SentIndex:
        """Return the count of a stream."""
        index = self._indexes.get(ssrc)
        if index is None:
            index = self._indexes[ssrc] = SentIndex()
        return index

    def iv(self, ssrc: int) -> int:
        """Return the IV of packet 0 of a stream; others have their index xored into it."""
        return self._salt ^ ssrc << INDEX_BITS

    def seal(self, address: int, header: int, length: int, ssrc: int, sequence: int) -> bool:
        """Protect one packet in place: `header` bytes are not encrypted, and behind all `length`
        there is room for the tag. False if that failed."""
        counted = self.index(ssrc)
        index = counted.of(sequence)
        counted.reach(index)
        iv = (self.iv(ssrc) ^ index & INDEX_MASK).to_bytes(IV_BYTES, "big")
        key = memoryview(self.key.to_bytes(8, "little")).cast("Q")
        return self.multi_buffer.seal(key, memoryview(iv), address, 0, header, length)


def _derived(key: bytes, salt: bytes, label: int, size: int) -> bytes:
    """Derive a session key or salt: AES in counter mode, the packet index is not a part of it."""
    start = int.from_bytes(salt.ljust(14, b"\0"), "big") ^ label << 48
    cipher = Cipher(algorithms.AES(key), modes.CTR((start << 16).to_bytes(16, "big")))
    return cipher.encryptor().update(bytes(size))
