"""The fence around a process that reads a document somebody sent in.

A document may be made to break the program that reads it. What reads it therefore runs in a process
of its own that can spend only so much, sees nothing of the server's files and has no network.
`python -m scheduler.papers.fence JSON PROGRAM …` puts the fence up and becomes the program.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNS: Final = 0x00020000
_MS_PRIVATE: Final = 1 << 18
_MS_REC: Final = 1 << 14
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
# The system calls of Landlock have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH: Final = 1
_READ: Final = 0b1101
"""LANDLOCK_ACCESS_FS_EXECUTE, READ_FILE and READ_DIR."""
_MAKE_SOCKETS: Final = 1 << 9 | 1 << 5
"""MAKE_SOCK and REMOVE_FILE."""
_RIGHTS_OF_A_FILE: Final = 1 << 14 | 0b0111
"""EXECUTE, WRITE_FILE, READ_FILE and TRUNCATE: what may be given for a file that is no folder."""
_ALL: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
"""Every right over files by the version of Landlock; what is named here and not given is denied."""
SYSTEM: Final = (
    *("/usr", "/bin", "/lib", "/lib64", "/opt"),
    *("/etc/fonts", "/etc/ld.so.cache", "/etc/passwd", "/etc/localtime", "/etc/libreoffice"),
    *("/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice"),
)
"""What programs and fonts need of the system; nothing in it is secret."""
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Fence:
    """What a process may spend and see: seconds of processor, bytes of address space, bytes of the
    largest file it writes (0: none), folders it may write to, others where it may only make
    sockets, and what it may read."""

    cpu_s: int
    memory_bytes: int
    file_bytes: int = 0
    writable: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    readable: tuple[str, ...] = SYSTEM


def put_up(fence: Fence) -> None:
    """Fence this process in, for good. The limits always hold; network and files are shut off
    as far as the kernel lets this user do it (namespaces; Landlock, Linux 5.13)."""
    with suppress(OSError):
        os.nice(10)  # the meeting goes first
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    leave_the_network()
    see_only(fence)
    for limit, most in (
        (resource.RLIMIT_CPU, fence.cpu_s),
        (resource.RLIMIT_AS, fence.memory_bytes),
        (resource.RLIMIT_FSIZE, fence.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(limit, (most, most))


def leave_the_network() -> bool:
    """Move to a network of its own without any interface, where the sockets of this machine's
    services are not seen either; say whether the kernel allowed it."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWNET | _CLONE_NEWNS) == 0:
        return _hide_services()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWNS) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        # Without the map it is nobody, which reads and writes its own files all the same.
        with suppress(OSError), open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    return _hide_services()


def _hide_services() -> bool:
    """Put an empty folder over /run, where databases and others have their sockets."""
    own = ctypes.c_ulong(_MS_REC | _MS_PRIVATE)
    if _libc.mount(None, b"/", None, own, None) != 0:
        return False
    empty: int = _libc.mount(b"none", b"/run", b"tmpfs", ctypes.c_ulong(0), b"size=64k")
    return empty == 0


def see_only(fence: Fence) -> bool:
    """Deny every file but those of the fence (landlock(7)); say whether the kernel can."""
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = _ALL[min(version, 3)]
    rules = _checked(_libc.syscall(_CREATE_RULESET, struct.pack("=Q", rights), 8, 0))
    try:
        for path in fence.readable:
            _allow(rules, path, _READ)
        for path in fence.sockets:
            _allow(rules, path, _MAKE_SOCKETS)
        for path in (*fence.writable, *DEVICES):
            _allow(rules, path, rights)
        _checked(_libc.syscall(_RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this system, or not for this user anyway
    try:
        if not os.path.isdir(path):
            rights &= _RIGHTS_OF_A_FILE
        rule = struct.pack("=Qi", rights, held)
        _checked(_libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0))
    finally:
        os.close(held)


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, errno.errorcode.get(number, "Landlock"))
    return answer


def behind(fence: Fence, program: Sequence[str]) -> list[str]:
    """Return the command line that runs a program behind a fence."""
    module = [sys.executable, "-P", "-m", "scheduler.papers.fence"]
    return [*module, json.dumps(asdict(fence)), *program]


def main() -> None:
    put_up(Fence(**json.loads(sys.argv[1])))
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
