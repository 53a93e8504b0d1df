"""Writes a package over an older one and kills itself before its Nth call into the file system, for N = 1, 2, ….

Run as a program by ``test_interruption.py``: ``killed_writer.py DIRECTORY exchange|two-renames``. Prints one line of
JSON for each N: what the directory held after the kill, and after the next complete run.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from relaxgen.output import HEADER, replacement, write

OLD = {
    "__init__.py": f"{HEADER}\nfrom .disk import GENERATION\n",
    "disk.py": f"{HEADER}\nGENERATION = 'old'\n",
    "network.py": f"{HEADER}\nfrom .disk import GENERATION\n",
    "_runtime/__init__.py": f"{HEADER}\n",
    "gone.py": f"{HEADER}\n",
    "py.typed": "",
}
NEW = OLD | {
    "__init__.py": f"{HEADER}\nfrom .disk import GENERATION\nfrom .pool import POOL\n",
    "disk.py": f"{HEADER}\nGENERATION = 'new'\n",
    "pool.py": f"{HEADER}\nPOOL = 'new'\n",
}
del NEW["gone.py"]
FOREIGN = {"notes.txt": "mine", "own/inner.py": "mine too"}

# What Python reports of a program's calls into the file system; reading is among them, as a kill can come there too.
EVENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.scandir", "os.chmod"}


def state(parent: Path) -> dict[str, object]:
    directory = parent / "domain"
    held = {
        file.relative_to(directory).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(directory.rglob("*"))
        if file.is_file()
    }
    foreign = {path: held.pop(path, None) for path in FOREIGN}
    generation = "old" if held == OLD else "new" if held == NEW else "none" if not held else "mixture"
    beside = sorted(path.name for path in parent.iterdir() if path != directory)
    return {"generation": generation, "foreign": foreign == FOREIGN, "beside": beside}


def write_until_killed(directory: Path, steps: int) -> None:
    remaining = steps

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal remaining
        if event in EVENTS:
            remaining -= 1
            if remaining == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    write(NEW, directory)
    os._exit(0)


def main(parent: Path, way: str) -> None:
    if way == "two-renames":
        replacement.exchange = lambda first, second: False
    for steps in range(1, 10_000):
        shutil.rmtree(parent, ignore_errors=True)
        write(OLD, parent / "domain")
        for path, text in FOREIGN.items():
            file = parent / "domain" / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        child = os.fork()
        if child == 0:
            write_until_killed(parent / "domain", steps)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        after_kill = state(parent)
        write(NEW, parent / "domain")
        print(json.dumps({"killed": killed, "after_kill": after_kill, "after_next_run": state(parent)}))
        if not killed:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
