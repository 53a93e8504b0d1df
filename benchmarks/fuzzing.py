"""Coverage-guided fuzzing of what reads bytes from outside: no crash, and no input that takes long.

usage: python -m benchmarks.fuzzing TARGET [--seconds 150] [--corpus DIR]

TARGET is `compact`, `xml`, `package` or `enums`. Needs `pip install atheris`. Inputs begin with the cases of the tests;
what is found is kept in DIR, so that a later run goes on from there. The run ends with a traceback and a file
``crash-*`` or ``timeout-*`` beside DIR where an exception comes through that a user's input must not cause, or where
one input takes longer than ten seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST = 4096
"""Bytes of an input: what is wrong with a long one is wrong with a short one."""

with atheris.instrument_imports(include=["relaxgen", "generated"]):
    from relaxgen.diagnostics.errors import Diagnostics, SchemaError
    from relaxgen.enums.reader import read_text
    from relaxgen.relaxng.correctness import check_schema
    from relaxgen.relaxng.grammar_reader import read_grammar_text
    from relaxgen.relaxng.simplification import simplify
    from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema, format_schema

    from generated import domain

    with contextlib.suppress(domain.ParseError):
        domain.parse("<domain/>")  # most modules are loaded with the first use


def read_schema(data: bytes, name: str) -> None:
    try:
        grammar = read_grammar_text(data, name)
        check_schema(grammar, simplify(grammar))
        format_schema(data, name)
        convert_schema(data, name, Syntax.XML if name.endswith("rnc") else Syntax.COMPACT)
    except SchemaError as error:
        assert error.diagnostics


def compact(data: bytes) -> None:
    read_schema(data, "fuzzed.rnc")


def xml(data: bytes) -> None:
    read_schema(data, "fuzzed.rng")


def package(data: bytes) -> None:
    """The first byte chooses the entry point; what is read can be written, shown and compared."""
    choice, data = (data[0], data[1:]) if data else (0, data)
    unknown = ("error", "keep", "ignore")[choice % 3]
    try:
        if choice & 64:
            list(domain.iter_parse(data, domain.Disk, unknown=unknown))
            return
        read = domain.parse(data, unknown=unknown, validate=bool(choice & 128))
        assert domain.parse(domain.format(read, like=data), unknown=unknown) == read
        assert domain.parse(domain.format(read), unknown=unknown) == read
        assert repr(read)
        assert domain.to_dict(read)
    except (domain.ParseError, domain.FormatError) as error:
        assert str(error)


def enums(data: bytes) -> None:
    diagnostics = Diagnostics()
    for name in ("fuzzed.c", "fuzzed.enums"):
        read_text(data.decode("utf-8", "replace"), name, diagnostics)
    assert all(one.message for one in diagnostics.found)


TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[str, ...]]] = {
    "compact": (compact, ("*.rnc",)),
    "xml": (xml, ("*.rng",)),
    "package": (package, ("*.xml",)),
    "enums": (enums, ("*.enums", "*.c")),
}


def seeds(patterns: tuple[str, ...]) -> Iterator[bytes]:
    for folder in ("tests", "schemas", "examples"):
        for pattern in patterns:
            for file in sorted((REPOSITORY / folder).rglob(pattern)):
                yield file.read_bytes()[: 4 * LONGEST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=150)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    function, patterns = TARGETS[options.target]
    corpus = options.corpus or Path(tempfile.mkdtemp(prefix="fuzzing-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(patterns)):
        start = bytes([number % 256]) if options.target == "package" else b""
        (corpus / f"seed-{number:04}").write_bytes(start + data)
    limits = [f"-max_total_time={options.seconds}", f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={corpus.parent}/", *limits], function)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
