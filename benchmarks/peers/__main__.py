"""Installs the peers into an environment of their own, in build/, and runs the comparison there.

python -m benchmarks.peers [--picture DIR] [--page FILE] [--rounds N]
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENT = REPOSITORY / "build" / f"peers-{sys.version_info[0]}.{sys.version_info[1]}"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main() -> int:
    install()
    command = [str(PYTHON), "-m", "benchmarks.peers.comparison", *sys.argv[1:]]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


def install() -> None:
    """Once for each state of the requirements, the engine and this Python."""
    stamp = ENVIRONMENT / "installed"
    state = _state()
    if stamp.exists() and stamp.read_text(encoding="ascii") == state:
        return
    print(f"== installing the peers into {ENVIRONMENT.relative_to(REPOSITORY)}", flush=True)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    _pip("--editable", ".")
    for requirement in ("./engine", *_requirements()):
        if not _pip(requirement):
            print(f"   without {requirement}: it cannot be installed here", flush=True)
    stamp.write_text(state, encoding="ascii")


def _requirements() -> Iterator[str]:
    for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _pip(*arguments: str) -> bool:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    return not subprocess.run(command, cwd=REPOSITORY, check=False).returncode


def _state() -> str:
    engine = sorted(path for kind in ("*.toml", "src/*", "*/*.py") for path in (REPOSITORY / "engine").glob(kind))
    digest = sha256(sys.version.encode())
    for path in (REQUIREMENTS, REPOSITORY / "pyproject.toml", *engine):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
