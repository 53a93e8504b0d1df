"""Where what the engine makes of a document differs from what the pure path makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


def native_of(package: ModuleType) -> Any:
    """The package's engine and roots."""
    return documents_of(package).native_of(package.__name__)


def documents_of(package: ModuleType) -> Any:
    """The package's module that asks the engine."""
    return import_module(f"{package.__name__}._runtime.documents")


@contextmanager
def without_engine(package: ModuleType) -> Iterator[None]:
    """What runs inside takes the pure path only."""
    documents = documents_of(package)
    validator = import_module(f"{package.__name__}._runtime.validator")
    with ExitStack() as stack:
        stack.enter_context(replaced(documents, "native_of", lambda _package: None))
        stack.enter_context(replaced(validator, "engine", lambda: None))
        before = [*validator._validators.values()]
        for one in before:
            stack.enter_context(replaced(one, "_judge", line_judge(one._automaton)))
        try:
            yield
        finally:
            for one in validator._validators.values():
                if one not in before:
                    one._judge = None


def line_judge(automaton: Any) -> Any:
    """What judges where there is no engine; it remembers lines from one call to the next."""
    if automaton not in _LINE_JUDGES:
        validator = import_module(f"{type(automaton).__module__.rpartition('.')[0]}.validator")
        _LINE_JUDGES[automaton] = validator.LineJudge(automaton)
        automaton.when_forgetting(_LINE_JUDGES[automaton].forget)
    return _LINE_JUDGES[automaton]


_LINE_JUDGES: dict[Any, Any] = {}


@contextmanager
def replaced(module: Any, name: str, value: object) -> Iterator[None]:
    usual = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, usual)


def outcome(function: Any, *arguments: object, **keywords: object) -> tuple[Any, str]:
    """The result, or the error in words."""
    try:
        return function(*arguments, **keywords), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def difference(one: Any, other: Any, path: str = "") -> str:
    """The first place where two values differ in type, in a field, or in what is remembered; empty where none does."""
    if type(one) is not type(other):
        return f"{path}: {type(one).__name__} {one!r} is not {type(other).__name__} {other!r}"
    if isinstance(one, list | tuple) and not isinstance(one, str):
        if len(one) != len(other):
            return f"{path}: {one!r} is not as long as {other!r}"
        found = (difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(one, other, strict=True)))
        return next(filter(None, found), "")
    if isinstance(one, dict):
        return difference(list(one.items()), list(other.items()), path)
    names = _names(one)
    if not names:
        is_same = one is other or one == other or (one != one and other != other)
        return "" if is_same else f"{path}: {one!r} is not {other!r}"
    found = (difference(_part(one, name), _part(other, name), f"{path}.{name}") for name in names)
    return next(filter(None, found), "")


def _names(one: Any) -> tuple[str, ...]:
    kind = type(one)
    if hasattr(kind, "_fields") and hasattr(kind, "_tag"):
        return (*(field.name for field in kind._fields), "_preserved")
    if kind.__name__ == "AnyElement":
        return ("name", "attributes", "content", "prefixes")
    if kind.__name__ == "Preserved":
        return ("__dict__",)
    return ()


def _part(one: Any, name: str) -> Any:
    value = getattr(one, name)
    return dict(sorted(value.items())) if name == "__dict__" else value


def taken(package: ModuleType, source: str | bytes) -> bool:
    """Whether the engine reads the document by itself."""
    native = native_of(package)
    return native.engine.parse(source, native.roots) is not None


def verdicts(package: ModuleType, source: str | bytes) -> dict[str, tuple[bool | None, bool | None, bool | None]]:
    """Whether a document is valid as each entry of the grammars: as expat reads it, as the engine judges, and as lines
    are judged. Where neither of the latter has a verdict, nobody asks expat."""
    module = import_module(f"{package.__name__}._runtime.validator")
    found = {}
    for entry in _entries(package.__name__):
        validator = module._validator(package.__name__, entry)
        judged, lines = validator.judged(source, entry), line_judge(validator._automaton).accepts(source, entry)
        is_open = judged is None and lines is None
        found[entry] = None if is_open else expat_verdict(module, validator, source, entry), judged, lines
    return found


@cache
def _entries(package: str) -> list[str]:
    grammars = import_module(f"{package}._schema").GRAMMARS
    return sorted({"", *(entry for entries in grammars.values() for entry in entries.split())})


def expat_verdict(module: Any, validator: Any, source: str | bytes, entry: str) -> bool:
    try:
        accepts: bool = validator._accepts(module.source_of(source), entry, False)
    except module.Unreadable:
        return False
    return accepts


def verdict_problem(package: ModuleType, source: str | bytes) -> str:
    """Where documents are judged otherwise than with expat; empty where they are not, or there is no verdict."""
    wrong = {entry: found for entry, found in verdicts(package, source).items() if {*found[1:]} - {None, found[0]}}
    return f"judged {wrong}" if wrong else ""


def problem(package: ModuleType, source: str | bytes) -> str:
    """How the engine and the pure path differ on a document: in verdicts, objects, errors, or texts; empty where they
    agree."""
    return verdict_problem(package, source) or reading_problem(package, source)


def reading_problem(package: ModuleType, source: str | bytes, **options: object) -> str:
    with without_engine(package):
        pure, pure_error = outcome(package.parse, source, **options)
    found, error = outcome(package.parse, source, **options)
    if error or pure_error:
        return "" if error == pure_error else f"{error or 'accepted'}, pure: {pure_error or 'accepted'}"
    return difference(found, pure) or _text_problem(package, found)


def _text_problem(package: ModuleType, element: Any) -> str:
    for indent in (2, None, 0):
        with without_engine(package):
            pure = outcome(package.format, element, indent=indent, validate=False)
        found = outcome(package.format, element, indent=indent, validate=False)
        if found != pure:
            return f"indent={indent}: {found!r}, pure: {pure!r}"
    return ""
