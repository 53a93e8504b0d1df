"""Presets: packages of vocabularies that are everybody's, with names and tables that come with us.

A preset is a bindings file and enum tables of ours, and knows where the schemas are installed. Its bindings are meant
for every release of the schemas, so they are lenient: what a release does not have is passed over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, nearest_or_all
from ..diagnostics.locations import SourceLocation

_PACKAGE = Path(__file__).resolve().parents[1]


MOST_SECONDS = 5
"""The longest wait, in seconds, for a program that prints an installation directory."""


@dataclass(frozen=True, slots=True)
class Preset:
    """``installed`` is where the schemas lie below a data directory (``/usr/share``), ``module`` the name that
    pkg-config has for what brings them, and ``program`` one that is installed beside it. ``advice`` says how they get
    there."""

    name: str
    bindings: Path
    enums: tuple[Path, ...]
    installed: Path
    module: str
    program: str
    advice: str


def _libvirt() -> Preset:
    directory = schema_directory()
    return Preset(
        name="libvirt",
        bindings=directory / "libvirt.bindings.toml",
        enums=tuple(sorted((directory / "enums").glob("*.enums"))),
        installed=Path("libvirt", "schemas"),
        module="libvirt",
        program="virsh",
        advice=(
            "they come with libvirt's client library (Debian, Ubuntu: libvirt0, in newer releases libvirt-common; "
            "Fedora: libvirt-libs), or name their directory with --schemas"
        ),
    )


_PRESETS = {"libvirt": _libvirt}


def schema_directory() -> Path:
    """In a wheel our bindings and tables lie in the package, in a checkout beside it."""
    return next(path for path in (_PACKAGE / "schemas", _PACKAGE.parents[1] / "schemas") if path.is_dir())


def preset_names() -> tuple[str, ...]:
    return tuple(_PRESETS)


def preset_named(name: str, place: SourceLocation) -> Preset:
    """``place`` is the place of the name, for messages.

    Raises:
        ConfigurationError: there is no such preset.
    """
    make = _PRESETS.get(name)
    if make is None:
        raise ConfigurationError(Diagnostic(place, f"there is no preset {name!r}{nearest_or_all(name, _PRESETS)}"))
    return make()


def installed_schemas(preset: Preset) -> tuple[Path, ...]:
    """The schemas that documents can be valid under, where the system has them.

    Raises:
        ConfigurationError: it has not; says where we looked.
    """
    looked: list[str] = []
    for directory in _data_directories(preset):
        found = document_schemas(_schema_files(directory / preset.installed))
        if found:
            return found
        looked.append(str(directory / preset.installed))
    message = f"no schemas of {preset.name} in {', '.join(looked)}; {preset.advice}"
    raise ConfigurationError(Diagnostic(SourceLocation(f"--preset {preset.name}"), message))


def schemas_in(directory: Path) -> tuple[Path, ...]:
    """The schemas of a directory that documents can be valid under.

    Raises:
        ConfigurationError: there is none.
    """
    found = document_schemas(_schema_files(directory))
    if not found:
        raise ConfigurationError(Diagnostic(SourceLocation(str(directory)), "contains no RELAX NG schema with a start"))
    return found


def document_schemas(files: Iterable[Path]) -> tuple[Path, ...]:
    """Those of `files` that are more than a part for others to include: that have a start pattern themselves."""
    return tuple(file for file in files if _has_start(file))


def _schema_files(directory: Path) -> list[Path]:
    from ..relaxng.loading import SCHEMA_SUFFIXES

    return sorted(file for suffix in SCHEMA_SUFFIXES for file in directory.glob(f"*{suffix}"))


def _has_start(file: Path) -> bool:
    from ..relaxng.loading import read_document
    from ..relaxng.schema_document import UnreadableDocument

    try:
        waiting = [read_document(str(file)).root]
    except UnreadableDocument:
        return True  # The reader explains what is wrong with it.
    while waiting:
        element = waiting.pop()
        if element.local == "start":
            return True
        waiting.extend(element.children)
    return False


def _data_directories(preset: Preset) -> Iterator[Path]:
    """The data directories of programs, each once: by the XDG base directory specification, then by pkg-config and the
    directory of the preset's program."""
    places = [*_xdg_directories(), *_from_pkg_config(preset.module), *_beside_program(preset.program)]
    yield from dict.fromkeys(places)


def _xdg_directories() -> list[Path]:
    listed = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return [_below_home(home), *(Path(path) for path in listed.split(os.pathsep) if path)]


def _below_home(path: str) -> Path:
    """``~`` stays for a user whose home is unknown."""
    return Path(os.path.expanduser(path))  # noqa: PTH111


def _from_pkg_config(module: str) -> list[Path]:
    program = shutil.which("pkg-config")
    if program is None:
        return []
    command: Sequence[str] = (program, "--variable=datarootdir", module)
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    directory = finished.stdout.strip()
    return [Path(directory)] if directory else []


def _beside_program(name: str) -> list[Path]:
    program = shutil.which(name)
    return [Path(program).resolve().parent.parent / "share"] if program else []
