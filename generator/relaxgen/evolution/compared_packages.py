"""What is compared with what: the arguments of a comparison as pairs of packages and of schemas.

relaxgen diff old.rng new.rng               two schemas
relaxgen diff schemas-9.0/ schemas-11.3/    directories: root schemas are paired by their paths
relaxgen diff v9.0:schemas schemas/         a path in a revision of the repository around
relaxgen diff --against main domain.rng     schemas of the working tree, and the same in a revision
relaxgen diff --against main                all packages of [tool.relaxgen]
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, GeneratorError
from ..diagnostics.input_files import files_below
from ..diagnostics.locations import SourceLocation
from ..project.configuration import FILE_NAME, find_configuration, read_configuration
from ..project.request import PackageRequest
from ..relaxng.catalog import catalogs_in_use
from ..relaxng.grammar_reader import read_grammar
from ..relaxng.loading import NO_ROOT_SCHEMA, SCHEMA_SUFFIXES
from .revisions import Checkout, Revision, check_out, find_revision

TABLE_SUFFIX = ".enums"
CONFIGURED_SUFFIXES = (TABLE_SUFFIX, ".toml", ".jinja")
"""What else a configuration can name, which must be there for it to be right."""


_NO_PACKAGE = PackageRequest((), Path("package"))
"""Both sides have the same name, since it is no change of a schema; nor is what does not decide about classes."""


@dataclass(frozen=True, slots=True)
class Side:
    """One package on one side: its schemas by the names that pair them, and what it is made with. ``checkout`` is set
    for a revision."""

    schemas: Mapping[str, Path] = field(default_factory=dict)
    package: PackageRequest = _NO_PACKAGE
    checkout: Checkout | None = None

    @property
    def request(self) -> PackageRequest:
        return replace(self.package, schemas=tuple(self.schemas.values()))

    def shown(self, location: SourceLocation | None) -> SourceLocation | None:
        return self.checkout.shown(location) if self.checkout is not None and location is not None else location

    def text(self, text: str) -> str:
        return self.checkout.text(text) if self.checkout is not None else text

    @contextmanager
    def naming_its_files(self) -> Iterator[None]:
        """Errors name the files of a revision as the user knows them."""
        try:
            yield
        except GeneratorError as error:
            if self.checkout is None:
                raise
            raise type(error)(*map(self.checkout.diagnostic, error.diagnostics)) from None


@dataclass(frozen=True, slots=True)
class Pair:
    """A package before and after. ``name`` is empty where there is only one."""

    old: Side
    new: Side
    name: str = ""


@dataclass(frozen=True, slots=True)
class Arguments:
    """``enums`` and ``bindings`` are those of both sides, unless ``old_enums`` and ``old_bindings`` have those of the
    old one."""

    paths: tuple[str, ...] = ()
    against: str = ""
    enums: tuple[Path, ...] = ()
    old_enums: tuple[Path, ...] = ()
    bindings: tuple[Path, ...] = ()
    old_bindings: tuple[Path, ...] = ()
    catalogs: tuple[Path, ...] = ()
    roots: tuple[str, ...] = ()
    config: Path | None = None
    directory: Path = field(default_factory=Path.cwd)

    def new_side(self) -> Side:
        made = replace(_NO_PACKAGE, enums=self.enums, bindings=self.bindings, roots=self.roots, catalogs=self.catalogs)
        return Side(package=made)

    def old_side(self) -> Side:
        return replace(self, enums=self.old_enums or self.enums, bindings=self.old_bindings or self.bindings).new_side()


@contextmanager
def open_pairs(arguments: Arguments) -> Iterator[tuple[Pair, ...]]:
    """What is compared. Files of revisions exist as long as the context does.

    Raises:
        GeneratorError: a path, a revision or the configuration is wrong.
    """
    with ExitStack() as stack:
        checkouts = _Checkouts(stack)
        if not arguments.against:
            yield (_pair_of_paths(arguments, checkouts),)
        elif arguments.paths:
            yield (_pair_against(arguments, checkouts),)
        else:
            yield _configured_pairs(arguments, checkouts)


class _Checkouts:
    """Writes revisions into directories that go away with `stack`."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def of(self, revision: Revision, files: Iterable[Path]) -> Checkout:
        directory = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="relaxgen-"))
        suffixes = {*SCHEMA_SUFFIXES, *CONFIGURED_SUFFIXES, *(file.suffix for file in files if file.suffix)}
        return check_out(revision, Path(directory), suffixes, (FILE_NAME, *(file.name for file in files)))


# Two paths


def _pair_of_paths(arguments: Arguments, checkouts: _Checkouts) -> Pair:
    old_path, new_path = arguments.paths
    old = _side(old_path, arguments, arguments.old_side(), checkouts)
    new = _side(new_path, arguments, arguments.new_side(), checkouts)
    if _is_file(old_path, old) or _is_file(new_path, new):
        _check_one(old_path, old)
        _check_one(new_path, new)
        old = replace(old, schemas=dict(zip(new.schemas, old.schemas.values(), strict=True)))
    return Pair(_called_as_in(new, old), new)


def _called_as_in(new: Side, old: Side) -> Side:
    """A schema whose suffix has changed is still the same: it has only been converted to the other syntax."""
    added = {Path(name).with_suffix(""): name for name in new.schemas if name not in old.schemas}
    removed = [name for name in old.schemas if name not in new.schemas]
    names = {name: added.get(Path(name).with_suffix(""), name) for name in removed}
    return replace(old, schemas={names.get(name, name): path for name, path in old.schemas.items()})


def _is_file(argument: str, side: Side) -> bool:
    """Else the argument is a directory, and the schemas are called by their paths in it."""
    return list(side.schemas) == [Path(argument.rpartition(":")[2]).name]


def _check_one(argument: str, side: Side) -> None:
    """A file is compared with a file, or with the only schema of a directory."""
    if len(side.schemas) != 1:
        message = f"has {len(side.schemas)} schemas, and the other side is one; which of them is meant?"
        raise ConfigurationError(Diagnostic(SourceLocation(argument), message))


def _side(argument: str, arguments: Arguments, side: Side, checkouts: _Checkouts) -> Side:
    if (arguments.directory / argument).exists():
        return _side_at(Path(argument), Path(argument).name, side)
    path, checkout = _in_revision(argument, arguments, checkouts)
    return _side_at(path, path.name, replace(side, checkout=checkout))


def _in_revision(argument: str, arguments: Arguments, checkouts: _Checkouts) -> tuple[Path, Checkout]:
    """``REV:path`` as git has it: from the top of the repository, or with ``./`` from here."""
    name, colon, inside = argument.partition(":")
    if not colon or not name:
        message = "no such file or directory, and no REVISION:PATH either"
        raise ConfigurationError(Diagnostic(SourceLocation(argument), message))
    revision = find_revision(name, arguments.directory)
    start = arguments.directory if inside.startswith(("./", "../")) else revision.repository
    checkout = checkouts.of(revision, [Path(inside)])
    return checkout.file(start / inside), checkout


def _side_at(path: Path, name: str, side: Side) -> Side:
    """The side with the schema at `path` added, or with all root schemas and tables of the directory there."""
    if not path.is_dir():
        return replace(side, schemas={**side.schemas, name: path})
    files = files_below(path, *SCHEMA_SUFFIXES)
    with side.naming_its_files(), catalogs_in_use(side.package.catalogs):
        roots = {file.relative_to(path).as_posix(): file for file in files if read_grammar(file).has_start}
        if not roots:
            raise ConfigurationError(Diagnostic(SourceLocation(f"{path}{os.sep}"), NO_ROOT_SCHEMA))
    tables = side.package.enums or tuple(files_below(path, TABLE_SUFFIX))
    return replace(side, schemas={**side.schemas, **roots}, package=replace(side.package, enums=tables))


# A revision and the working tree


def _pair_against(arguments: Arguments, checkouts: _Checkouts) -> Pair:
    paths = [Path(path) for path in arguments.paths]
    missing = [path for path in paths if not (arguments.directory / path).exists()]
    if missing:
        message = "no such file or directory"
        raise ConfigurationError(*(Diagnostic(SourceLocation(str(path)), message) for path in missing))
    absolute = [arguments.directory / path for path in paths]
    revision = find_revision(arguments.against, absolute[0])
    checkout = checkouts.of(revision, [*paths, *arguments.enums, *arguments.bindings, *arguments.catalogs])
    new, old = arguments.new_side(), _old_side_in(checkout, arguments)
    for path, name in zip(paths, map(Path.as_posix, paths), strict=True):
        new = _side_at(path, name, new)
        if checkout.has(arguments.directory / path):
            old = _side_at(checkout.file(arguments.directory / path), name, old)
    if not old.schemas:
        checkout.file(absolute[0])
    return Pair(old, new)


def _old_side_in(checkout: Checkout, arguments: Arguments) -> Side:
    """What is not given for the old side is taken as it was in the revision."""

    def there(files: Iterable[Path]) -> tuple[Path, ...]:
        return _those_in(checkout, [arguments.directory / file for file in files])

    enums = arguments.old_enums or there(arguments.enums)
    bindings = arguments.old_bindings or there(arguments.bindings)
    made = arguments.new_side().package
    return Side({}, replace(made, enums=enums, bindings=bindings, catalogs=there(arguments.catalogs)), checkout)


def _those_in(checkout: Checkout, files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(checkout.file(file) for file in files if checkout.has(file))


# The packages of a project


def _configured_pairs(arguments: Arguments, checkouts: _Checkouts) -> tuple[Pair, ...]:
    file = arguments.config or find_configuration(arguments.directory)
    if file is None:
        message = f"there is no {FILE_NAME} with [tool.relaxgen] here or further up; give the schemas to compare"
        raise ConfigurationError(Diagnostic(SourceLocation(str(arguments.directory)), message))
    new = read_configuration(file)
    revision = find_revision(arguments.against, file.absolute())
    files = [
        path for package in new for path in (*package.schemas, *package.enums, *package.bindings, *package.catalogs)
    ]
    files += [package.names for package in new if package.names is not None]
    checkout = checkouts.of(revision, [file, *files])
    old = _old_packages(checkout, file, new)
    pairs = {package.output.absolute(): _side_of(package, file) for package in new}
    return tuple(
        Pair(old.get(output, Side(checkout=checkout)), pairs.get(output, Side()), _name(output, file))
        for output in dict.fromkeys((*pairs, *old))
    )


def pair_with_checkout(package: PackageRequest, checkout: Checkout, file: Path) -> Pair:
    """A package as its files are now, and as those in the checkout are; `file` is where its configuration would be."""
    return Pair(_old_side(checkout, package, file), _side_of(package, file), _name(package.output.absolute(), file))


def _name(output: Path, file: Path) -> str:
    return Path(os.path.relpath(output, file.absolute().parent)).as_posix()


def _old_packages(checkout: Checkout, file: Path, new: Sequence[PackageRequest]) -> dict[Path, Side]:
    """Returns packages by their outputs. For a revision without such a configuration, the current one names the
    files."""
    old_file = checkout.file(file) if checkout.has(file) else None
    if old_file is None or find_configuration(old_file.parent) != old_file:
        return {package.output.absolute(): _old_side(checkout, package, file) for package in new}
    with Side(checkout=checkout).naming_its_files():
        packages = read_configuration(old_file)
    top = checkout.revision.repository
    return {top / _inside(package.output, checkout): _side_of(package, old_file, checkout) for package in packages}


def _inside(path: Path, checkout: Checkout) -> Path:
    return Path(os.path.relpath(path.absolute(), checkout.directory))


def _old_side(checkout: Checkout, package: PackageRequest, file: Path) -> Side:
    schemas = tuple(path for path in package.schemas if checkout.has(path))
    side = _side_of(replace(package, schemas=schemas), file, checkout)
    there = replace(
        side.package,
        enums=_those_in(checkout, package.enums),
        bindings=_those_in(checkout, package.bindings),
        catalogs=_those_in(checkout, package.catalogs),
        names=next(iter(_those_in(checkout, [package.names] if package.names is not None else [])), None),
    )
    return replace(side, schemas={name: checkout.file(path) for name, path in side.schemas.items()}, package=there)


def _side_of(package: PackageRequest, file: Path, checkout: Checkout | None = None) -> Side:
    """The schemas of a package, by their paths from the configuration that lists them."""
    directory = file.absolute().parent
    schemas = {Path(os.path.relpath(path.absolute(), directory)).as_posix(): path for path in package.schemas}
    kept = replace(
        _NO_PACKAGE, enums=package.enums, bindings=package.bindings, roots=package.roots, preset=package.preset
    )
    kept = replace(kept, names=package.names, catalogs=package.catalogs)
    return Side(schemas, kept, checkout)
