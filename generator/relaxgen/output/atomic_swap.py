"""Two directories change places in one step, where the operating system can do that.

Python has no call for it: `os.rename` never replaces a directory that holds something. Linux (3.15 and later, on the
usual file systems) and macOS each have one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

AT_FDCWD = -100  # <fcntl.h> on Linux: relative paths start at the working directory
RENAME_EXCHANGE = 2  # <linux/fs.h>
RENAME_SWAP = 2  # <sys/stdio.h> on macOS

UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}
"""What kernels and file systems answer that do not know the exchange; EPERM comes from some sandboxes."""


def exchange(first: Path, second: Path) -> bool:
    """Lets `first` and `second` change places; both must exist, on one file system.

    Returns:
        False where this system or file system has no such call; nothing has happened then.

    Raises:
        OSError: the call failed for another reason.
    """
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(first), os.fsencode(second)) == 0:
        return True
    number = ctypes.get_errno()
    if number in UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(first), None, str(second))


def _system_call() -> Callable[[bytes, bytes], int] | None:
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "renameat2"):
        return lambda first, second: int(library.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE))
    if hasattr(library, "renamex_np"):
        return lambda first, second: int(library.renamex_np(first, second, RENAME_SWAP))
    return None
