"""Changes one field of one object to another value of its type, and checks that the document is still valid.

    python benchmarks/edits.py                                   every release and vocabulary of the corpus
    python benchmarks/edits.py libvirt-11.3.0 --schema domain --edits 5 --seed 7

Hypothesis chooses the object, the field and the value; objects come from the other documents of the vocabulary. An edit
has one of four results, and the table counts them:

    valid      the output is valid and means the same as the object; so is the output of ``format(…, like=document)``
    refused    `format` refuses the object and names the field, such as a required list that is empty now
    told       the types allow the value, but the schema ties fields together; `format` refuses it with the reason
    wrong      anything else: another order of children would be valid, or the output is not valid
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from benchmarks.round_trip import Vocabulary, generated, releases, vocabularies  # noqa: E402
from benchmarks.subjects import CORPUS  # noqa: E402

XML_TEXT = st.text(
    st.one_of(
        st.sampled_from("ab<&>'\"\t\n\r é\u2028\U0001f600"),
        st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, (*range(32), 0xFFFE, 0xFFFF)))),
    ),
    max_size=12,
)
WORDS = ["a", "one", "x1", "urn:a", "2024-01-01", "2024-01-01T00:00:00Z", "P1D", "1.5", "en"]
"""For datatypes without a pattern."""
TRIES = 12
"""The number of values that are drawn until one is allowed."""
SHOWN = 3
BLANKS = " \t\r\n"


@dataclass
class Pool:
    """Objects of a vocabulary's documents, by their classes: what edits put into other documents."""

    objects: dict[type, list[Any]] = field(default_factory=dict)
    limit: int = 400

    def add(self, document: Any) -> None:
        for _, one in objects_in(document):
            known = self.objects.setdefault(type(one), [])
            if len(known) < self.limit:
                known.append(one)


def objects_in(document: Any) -> Iterator[tuple[str, Any]]:
    """Every object of a generated class in the document, with its path in Python."""
    waiting = [(type(document).__name__, document)]
    while waiting:
        path, one = waiting.pop()
        yield path, one
        for name in [each.name for each in type(one)._fields]:
            value = getattr(one, name)
            items = enumerate(value) if isinstance(value, list) else [(-1, value)]
            waiting += [
                (f"{path}.{name}" + (f"[{index}]" if index >= 0 else ""), item)
                for index, item in items
                if hasattr(type(item), "_fields")
            ]


class Editor:
    """Draws edits of one document."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], pool: Pool, package: ModuleType) -> None:
        self._draw = draw
        self._pool = pool
        self._package = package

    def edit(self, document: Any) -> str:
        """Changes one field of one object; returns its path, nothing where it has found none to change."""
        objects = [(path, one) for path, one in objects_in(document) if type(one)._fields]
        for _ in range(TRIES if objects else 0):
            path, one = self._draw(st.sampled_from(objects))
            chosen = self._draw(st.sampled_from(type(one)._fields))
            before = copy.copy(getattr(one, chosen.name))
            if self._change(one, chosen) and getattr(one, chosen.name) != before:
                return f"{path}.{chosen.name}: {before!r:.60} → {getattr(one, chosen.name)!r:.60}"
            setattr(one, chosen.name, before)
        return ""

    def _change(self, one: Any, chosen: Any) -> bool:
        """Whether there is another value for the field."""
        current, kind = getattr(one, chosen.name), type(chosen).__name__
        if kind == "Flag":
            setattr(one, chosen.name, not current)
            return True
        if kind == "OpenAttributes":
            current["{urn:example:edit}edited"] = self._draw(XML_TEXT)
            return True
        if isinstance(current, list) and not self._is_value(one, chosen):
            return self._change_list(one, chosen, current)
        if current is not None and not chosen.required and self._draw(st.integers(0, 3)) == 0:
            setattr(one, chosen.name, None)
            return True
        return self._put(lambda value: setattr(one, chosen.name, value), self._value(one, chosen))

    @staticmethod
    def _is_value(one: Any, chosen: Any) -> bool:
        """Whether a list is the value of one text."""
        if type(chosen).__name__ in ("Attribute", "Text"):
            return True
        return hasattr(chosen.converter, "item") and "list[list[" not in _annotation(type(one), chosen.name)

    def _change_list(self, one: Any, chosen: Any, current: list[Any]) -> bool:
        way = self._draw(st.sampled_from(["append", "insert", "remove", "replace", "swap"]))
        if way in ("append", "insert") or not current:
            index = len(current) if way == "append" else self._draw(st.integers(0, len(current)))
            return self._put(lambda value: current.insert(index, value), self._value(one, chosen))
        index = self._draw(st.integers(0, len(current) - 1))
        if way == "remove":
            del current[index]
            return True
        if way == "swap":
            current.append(current.pop(index))
            return True
        return self._put(lambda value: current.__setitem__(index, value), self._value(one, chosen))

    def _put(self, store: Callable[[Any], None], value: Any) -> bool:
        if value is None:
            return False
        store(value)
        return True

    def _value(self, one: Any, chosen: Any) -> Any:
        """Another value of the field's type; None where none was found."""
        if chosen.converter is not None:
            return self._converted(chosen.converter, [getattr(other, chosen.name) for other in self._others(type(one))])
        annotation = _annotation(type(one), chosen.name)
        if type(chosen).__name__ in ("Attribute", "Text") or annotation in ("str", "str | None", "list[str]"):
            return self._draw(XML_TEXT)
        if type(chosen).__name__ == "Open" and "AnyElement" in annotation:
            name, text = "{urn:example:edit}edited", self._draw(XML_TEXT)
            return self._package.AnyElement(name, {}, [text] if text else [])
        others = [getattr(other, chosen.name) for other in self._others(type(one))]
        donors = [item for item in _flat(others) if item is not None]
        return copy.deepcopy(self._draw(st.sampled_from(donors))) if donors else None

    def _others(self, kind: type) -> Sequence[Any]:
        return self._pool.objects.get(kind, ())

    def _converted(self, converter: Any, seen: Sequence[Any]) -> Any:
        known = [value for value in seen if value is not None]
        if not hasattr(converter, "item"):
            known = _flat(known)
        for _ in range(TRIES):
            pick_known = bool(known) and self._draw(st.booleans())
            value = self._draw(st.sampled_from(known) if pick_known else values(converter))
            try:
                converter.format(value)
            except ValueError:
                continue
            return value
        return None


def _annotation(kind: type, name: str) -> str:
    """What the class, or the one that it has the field from, declares."""
    return next(str(one.__annotations__[name]) for one in kind.__mro__ if name in one.__dict__)


def _flat(found: Sequence[Any]) -> list[Any]:
    return [item for value in found for item in (value if isinstance(value, list) else [value])]


def values(converter: Any) -> st.SearchStrategy[Any]:
    """Values of the converter's Python type, most of them allowed."""
    match type(converter).__name__:
        case "EnumerationConverter" | "LiteralConverter" | "WordPairConverter":
            return st.sampled_from([value for _, value in converter.words()])
        case "BooleanConverter":
            return st.booleans()
        case "IntegerConverter" | "HexadecimalConverter":
            return st.one_of(st.integers(0, 9), st.integers(0, 2**16), st.integers(-(2**31), 2**64 - 1))
        case "DecimalConverter":
            return st.decimals(0, 100, places=2)
        case "FloatConverter":
            return st.floats(0, 100)
        case "ListConverter":
            most = converter.minimum + 3 if converter.maximum is None else converter.maximum
            return st.lists(values(converter.item), min_size=converter.minimum, max_size=min(most, 5))
        case "ChoiceConverter":
            return st.one_of([values(one) for one in converter.converters])
        case "TextConverter":
            patterns = [text for check in converter.checks for name, text in check.params if name == "pattern"]
            return st.one_of(
                [st.sampled_from(WORDS), XML_TEXT, *(st.from_regex(text, fullmatch=True) for text in patterns)]
            )
        case _:
            return st.binary(max_size=8)


class End(NamedTuple):
    """What an edit has changed, how that has ended, and the reason."""

    edit: str
    way: str
    reason: str


@dataclass
class Tally:
    ways: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def add(self, way: str, what: str) -> None:
        self.ways[way] += 1
        examples = self.shown.setdefault(way, [])
        if len(examples) < SHOWN or way == "wrong":
            examples.append(what)


def outcome(package: ModuleType, document: Any, original: bytes) -> tuple[str, str]:
    """How an edit has ended, and the reason."""
    try:
        text = package.format(document, validate=False)
    except package.FormatError as error:
        return "refused", str(error)
    problem = _problem(package, document, text, original)
    if problem != "invalid":
        return ("wrong", problem) if problem else ("valid", "")
    try:
        package.format(document)
    except package.FormatError as error:
        told = str(error)
    else:
        return "wrong", "format writes what the grammar refuses"
    validator = sys.modules[f"{package.__name__}._runtime.validator"]
    grammar = validator._validator(package.__name__, type(document)._entry)
    movable, read = validator.movable_children(document), validator.orders_read(document)
    if grammar.orders(text, entry=type(document)._entry, movable=movable, read=read):
        return "wrong", f"another order of children would be valid: {told}"
    return "told", told


def _problem(package: ModuleType, document: Any, text: str, original: bytes) -> str:
    try:
        again = package.parse(text, validate=True)
    except package.ParseError:
        return "invalid"
    if not alike(again, document):
        return "the text says something else than the object"
    if package.format(again) != text:
        return "formats otherwise each time"
    like = package.format(document, like=original, validate=False)
    try:
        is_same = alike(package.parse(like, validate=True), document)
        return "" if is_same else "like= says something else than the object"
    except package.ParseError as error:
        return f"like= is not valid: {error}"


def _written(value: Any, converter: Any) -> str | list[str]:
    """As documents have it: a list is one text of words, or a text for each of several children."""
    try:
        text: str = converter.format(value)
        return text
    except (ValueError, TypeError):
        if not isinstance(value, list):
            raise
        return [converter.format(item) for item in value]


def alike(one: Any, other: Any, known: Any = None) -> bool:
    """Whether two values, of the field `known`, say the same. They need not be equal: texts side by side are one text,
    white space beside elements that is no part of a text is layout, and a choice of types may read a number as a text.
    """
    kind = type(known).__name__
    if isinstance(one, list) and isinstance(other, list) and not (known and known.converter):
        left, right = (_joined(one), _joined(other)) if kind in ("Open", "Content") else (one, other)
        return len(left) == len(right) and all(alike(*pair) for pair in zip(left, right, strict=True))
    if known and known.converter and None not in (one, other):
        return _written(one, known.converter) == _written(other, known.converter)
    if type(one) is type(other) and hasattr(type(one), "_fields"):
        return all(alike(getattr(one, each.name), getattr(other, each.name), each) for each in type(one)._fields)
    if type(one) is type(other) and type(one).__name__ == "AnyElement":
        same = (one.name, one.attributes) == (other.name, other.attributes)
        return same and alike(_without_layout(one.content), _without_layout(other.content))
    if kind == "Text" and all(value in (None, []) or not f"{value}".strip(BLANKS) for value in (one, other)):
        # An empty list has no text, as nothing has.
        return True
    return bool(one == other)


def _joined(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if type(item) is str and found and type(found[-1]) is str:
            found[-1] += item
        elif item != "":
            found.append(item)
    return found


def _without_layout(content: list[Any]) -> list[Any]:
    elements = [part for part in content if not isinstance(part, str)]
    has_text = any(isinstance(part, str) and part.strip(BLANKS) for part in content)
    return content if has_text or not elements else elements


def edited(package: ModuleType, documents: Sequence[Path], *, edits: int, start: int) -> Tally:
    """Makes this number of edits of each document, each of the unchanged document."""
    pool, tally = Pool(), Tally()
    for path in documents:
        pool.add(package.parse(path.read_bytes()))
    for number, path in enumerate(documents):
        data = path.read_bytes()
        for end in ends(package, partial(package.parse, data), data, pool, edits=edits, start=start + number):
            tally.add(end.way, f"{path.name}: {end.edit}\n        {end.reason}")
    return tally


def ends(
    package: ModuleType, make: Callable[[], Any], original: bytes, pool: Pool, *, edits: int, start: int
) -> list[End]:
    """How edits of what `make` makes have ended. Hypothesis begins with the simplest edit there is, which is the same
    everywhere; it is left out."""
    found: list[End] = []
    simplest = [True]

    @seed(start)
    @settings(
        max_examples=edits + 1,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def edit(choices: st.DataObject) -> None:
        document = make()
        editor = Editor(choices.draw, pool, package)
        what = editor.edit(document)
        if simplest:
            simplest.clear()
        elif what:
            found.append(End(what, *outcome(package, document, original)))

    edit()
    return found


def reported(vocabulary: Vocabulary, parent: Path, *, edits: int, start: int, verbose: bool) -> Tally:
    tally = edited(generated(vocabulary, parent), vocabulary.documents, edits=edits, start=start)
    counts = "   ".join(f"{way} {tally.ways[way]:5}" for way in ("valid", "refused", "told", "wrong"))
    print(f"{vocabulary.name:48} {counts}", flush=True)
    for way, examples in tally.shown.items():
        if way == "wrong" or (verbose and way != "valid"):
            print("\n".join(f"    {way}: {example}" for example in examples))
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description="Typed edits of the corpus's documents, a line for each schema.")
    parser.add_argument("release", nargs="*", help="a folder of the corpus with a manifest.tsv; all without any")
    parser.add_argument("--schema", action="append", default=[], help="only schemas of this name")
    parser.add_argument("--edits", type=int, default=1, help="how many edits of each document, one at a time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="show what was refused, too")
    arguments = parser.parse_args()
    if not CORPUS.is_dir():
        parser.error(f"no corpus at {CORPUS}: RELAXGEN_CORPUS names it")
    total: Counter[str] = Counter()
    with TemporaryDirectory() as directory:
        sys.path.insert(0, directory)
        for release in arguments.release or releases(CORPUS):
            for vocabulary in vocabularies(CORPUS, release):
                if not arguments.schema or vocabulary.schema.stem in arguments.schema:
                    total += reported(
                        vocabulary,
                        Path(directory),
                        edits=arguments.edits,
                        start=arguments.seed,
                        verbose=arguments.verbose,
                    ).ways
    print(", ".join(f"{way} {count:,}" for way, count in total.most_common()))
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
