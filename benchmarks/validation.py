"""Measures validating, side by side with lxml's RelaxNG, and checks that memory does not grow without bound.

usage: python benchmarks/validation.py [--memory] [--large]

Documents and schemas are libvirt's, from the corpus (RELAXGEN_CORPUS, else ../shared/corpus). Every figure of the first
table is the best of several rounds in this process, ours and lxml's in turn. `--memory` validates 10,000 documents and
prints the memory of the process; `--large` makes a document of 50 MB.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from lxml import etree  # noqa: E402
from relaxgen.relaxng import read_grammar_text, simplify  # noqa: E402
from relaxgen.relaxng.compilation import compile_patterns  # noqa: E402
from relaxgen.relaxng.compilation_cache import compile_with_cache  # noqa: E402
from relaxgen.relaxng.correctness import check_schema  # noqa: E402
from relaxgen.relaxng.validator import CompiledSchema, compile_schema  # noqa: E402
from relaxgen.runtime.validator import Validator  # noqa: E402

from benchmarks.subjects import CORPUS, LIBVIRT  # noqa: E402

ROUNDS = 5
SCHEMA = LIBVIRT / "schemas" / "domain.rng"


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compiling() -> None:
    print("domain.rng compiled                          seconds")
    cold = min(timed(lambda: compile_schema(SCHEMA)) for _ in range(3))
    print(f"  from its files                             {cold:.3f}")
    with tempfile.TemporaryDirectory() as directory:
        compile_with_cache(SCHEMA, Path(directory))
        cached = min(timed(lambda: compile_with_cache(SCHEMA, Path(directory))) for _ in range(3))
    print(f"  from the cache                             {cached:.3f}")
    print(f"  by lxml                                    {timed(lambda: etree.RelaxNG(etree.parse(str(SCHEMA)))):.3f}")


def validating(documents: list[bytes]) -> None:
    """Both take bytes: lxml parses and validates, we do both at once."""
    theirs = etree.RelaxNG(etree.parse(str(SCHEMA)))
    ours = compile_schema(SCHEMA)

    def by_lxml() -> None:
        for document in documents:
            assert theirs.validate(etree.fromstring(document))

    def by_us() -> None:
        for document in documents:
            assert ours.is_valid(document)

    cold = timed(by_us)
    rounds = [(timed(by_us), timed(by_lxml)) for _ in range(ROUNDS)]
    best, peer = min(mine for mine, _ in rounds), min(other for _, other in rounds)
    ratio = sorted(mine / other for mine, other in rounds)[ROUNDS // 2]
    count = len(documents)
    print(f"\n{count} valid domains                       seconds   µs a document")
    print(f"  lxml, parsing and RelaxNG.validate         {peer:.3f}     {peer / count * 1e6:.0f}")
    print(f"  ours, the first time                       {cold:.3f}     {cold / count * 1e6:.0f}")
    print(f"  ours, warm                                 {best:.3f}     {best / count * 1e6:.0f}")
    print(f"  ours, warm, to lxml (median of rounds)     {ratio:.2f} ×")


def resident() -> float:
    """What this process holds, in MB; where the system does not tell, the most that it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def memory(documents: list[bytes], schema: CompiledSchema) -> None:
    """Ten thousand documents, each with values and an order of children of its own."""
    print("\ndocuments   MB")
    source = random.Random(0)
    for number in range(10_001):
        root = etree.fromstring(documents[number % len(documents)])
        for parent in list(root.iter("devices"))[:1]:
            children = list(parent)
            source.shuffle(children)
            parent[:] = children
        for element in root.iter("name"):
            element.text = f"guest-{number}"
        schema.is_valid(etree.tostring(root))
        if number % 2000 == 0:
            print(f"{number:>9}   {resident():.0f}")


ROW = '<row id="{0}" kind="one"><name>name {0}</name><value>{0}</value></row>\n'
ROWS = """<element name="rows" xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><zeroOrMore><element name="row">
  <attribute name="id"><data type="integer"/></attribute>
  <attribute name="kind"><choice><value>one</value><value>two</value></choice></attribute>
  <element name="name"><text/></element><element name="value"><data type="integer"/></element>
</element></zeroOrMore></element>"""


def lines(size: int) -> Iterator[str]:
    yield "<rows>\n"
    written = 0
    while written < size:
        row = ROW.format(written)
        written += len(row)
        yield row
    yield "</rows>\n"


def large() -> None:
    grammar = read_grammar_text(ROWS.encode())
    validator = Validator(compile_patterns(check_schema(grammar, simplify(grammar))))
    print("\none document        seconds   MB")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "rows.xml"
        for size in (5, 10, 50):
            with path.open("w", encoding="utf-8") as file:
                file.writelines(lines(size * 1_000_000))
            seconds = timed(lambda: validator.is_valid(path))
            print(f"  {size:>3} MB, valid      {seconds:.2f}      {resident():.0f}")
        text = path.read_text(encoding="utf-8")
        middle = text.index('kind="one"', len(text) // 2)
        path.write_text(f"{text[:middle]}kind='ten'{text[middle + 10 :]}", encoding="utf-8")
        del text
        seconds = timed(lambda: print(f"  {validator.validate(path)[0].path}"))
        print(f"   50 MB, one fault  {seconds:.2f}      {resident():.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    if not SCHEMA.exists():
        print(f"no corpus at {CORPUS}: set RELAXGEN_CORPUS")
        return 2
    compiling()
    documents = [path.read_bytes() for path in sorted((LIBVIRT / "xml" / "domain").glob("*.xml"))]
    validating(documents)
    if options.memory:
        memory(documents, compile_schema(SCHEMA))
    if options.large:
        large()
    return 0


if __name__ == "__main__":
    sys.exit(main())
