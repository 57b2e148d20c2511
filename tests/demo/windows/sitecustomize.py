"""Take from a starting process what Python lacks on Windows; the standard library has imported what it needs itself."""

import importlib
import os
import signal
import sys
from asyncio.unix_events import SelectorEventLoop

_MODULES = ("fcntl", "grp", "resource", "syslog", "termios", "pty")
_OF_OS = (
    *("chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getpgid", "getuid", "killpg"),
    *("lchown", "mkfifo", "nice", "posix_fadvise", "pread", "pwrite", "sched_getaffinity", "setsid", "statvfs"),
    *("sysconf", "uname", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_SYNC"),
)
_OF_SIGNAL = ("SIGALRM", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "pthread_sigmask", "siginterrupt")
_KILL = os.kill


class _Lacking:
    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name in _MODULES:
            raise ImportError(f"there is no {name} on Windows")


def _kill(pid: int, number: int) -> None:
    """Fail where Windows would end the process at once."""
    if number == signal.SIGTERM:
        raise OSError("this would kill the process")
    _KILL(pid, number)


def _take_away() -> None:
    for name in ("platform", "shutil", "subprocess", "tempfile", "uuid"):
        importlib.import_module(name)  # they need what is taken away
    sys.meta_path.insert(0, _Lacking)
    for module in _MODULES:
        sys.modules.pop(module, None)
    lacking = ((os, _OF_OS), (signal, _OF_SIGNAL), (SelectorEventLoop, ("add_signal_handler",)))
    for owner, names in lacking:
        for name in names:
            if hasattr(owner, name):
                delattr(owner, name)
    for name, instead in (("kill", _kill),):
        setattr(os, name, instead)


_take_away()
