"""Files of the user that get a new content."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def replace_file(file: Path, data: bytes) -> None:
    """Writes a file in one step. It keeps its permissions, a link to it stays one, and a failure leaves what was there.

    Raises:
        OSError: the file cannot be written.
    """
    file = file.resolve()
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        if file.exists():
            shutil.copymode(file, temporary)
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
