"""Measures how well faults are explained, by us, libxml2 and Jing, in documents with one fault each.

usage: python benchmarks/faults.py [--root domain] [--documents 100] [--mutants DIR --schema FILE] [--show N]

Makes the documents from valid ones of libvirt's corpus (RELAXGEN_CORPUS, else ../shared/corpus), one of each kind for
each; or reads them from a directory with a `faults.tsv`: file, kind, line, path, detail. For each kind it prints the
number of documents in which the first fault has the right line, the right path, and is the only one. A missing element
must be reported at its parent, by name. `--show` prints our report on the first N documents
that miss one of these.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from lxml import etree  # noqa: E402
from relaxgen.relaxng.validator import CompiledSchema, compile_schema  # noqa: E402
from relaxgen.runtime.faults import Fault  # noqa: E402

from benchmarks.subjects import LIBVIRT  # noqa: E402

ATTEMPTS = 4
BATCH = 100


@dataclass(frozen=True)
class Mutant:
    """``path`` is that of the element that carries the fault, without prefixes; for something missing the parent."""

    file: Path
    kind: str
    line: int
    path: str
    detail: str


# Making documents with a fault


def bad_value(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: element.attrib)
    if element is None:
        return None
    name = source.choice(sorted(element.attrib))
    element.set(name, "no such value")
    return element, name


def unknown_attribute(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = source.choice(elements)
    element.set("stranger", "1")
    return element, "stranger"


def unknown_element(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    parent = one_with(elements, source, len)
    if parent is None:
        return None
    stranger = etree.Element("stranger")
    parent.insert(source.randint(0, len(parent)), stranger)
    return stranger, "stranger"


def attribute_typo(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: any(name[0] != "{" for name in element.attrib))
    if element is None:
        return None
    old = source.choice(sorted(name for name in element.attrib if name[0] != "{"))
    new, items = typo(old, source), list(element.attrib.items())
    if new in element.attrib:
        return None
    element.attrib.clear()
    for name, value in items:
        element.set(new if name == old else name, value)
    return element, new


def element_typo(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: element.getparent() is not None and element.tag[0] != "{")
    if element is None:
        return None
    element.tag = typo(element.tag, source)
    return element, element.tag


def missing_attribute(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: element.attrib)
    if element is None:
        return None
    name = source.choice(sorted(element.attrib))
    del element.attrib[name]
    return element, name


def missing_element(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: element.getparent() is not None)
    if element is None:
        return None
    parent = element.getparent()
    parent.remove(element)
    return parent, element.tag


def bad_text(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: not len(element) and (element.text or "").strip())
    if element is None:
        return None
    element.text = "no such value"
    return element, ""


def duplicate_element(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, lambda element: element.getparent() is not None)
    if element is None:
        return None
    copy = deepcopy(element)
    element.addnext(copy)
    return copy, copy.tag


def stray_text(elements: list[Any], source: random.Random) -> tuple[Any, str] | None:
    element = one_with(elements, source, len)
    if element is None:
        return None
    element.text = "stray"
    return element, ""


KINDS: dict[str, Callable[[list[Any], random.Random], tuple[Any, str] | None]] = {
    "attribute-typo": attribute_typo,
    "bad-text": bad_text,
    "bad-value": bad_value,
    "duplicate-element": duplicate_element,
    "element-typo": element_typo,
    "missing-attribute": missing_attribute,
    "missing-element": missing_element,
    "stray-text": stray_text,
    "unknown-attribute": unknown_attribute,
    "unknown-element": unknown_element,
}


def one_with(elements: list[Any], source: random.Random, test: Callable[[Any], object]) -> Any:
    found = [element for element in elements if test(element)]
    return source.choice(found) if found else None


def typo(word: str, source: random.Random) -> str:
    position = source.randrange(len(word))
    letter = "q" if word[position] != "q" else "w"
    return word[:position] + letter + word[position + 1 :]


def plain_path(element: Any) -> str:
    steps = []
    while element is not None:
        parent, name = element.getparent(), etree.QName(element).localname
        same = [] if parent is None else [child for child in parent if child.tag == element.tag]
        steps.append(f"{name}[{same.index(element) + 1}]" if len(same) > 1 else name)
        element = parent
    return "/" + "/".join(reversed(steps))


def written(root: Any) -> bytes:
    """One start tag a line."""
    etree.indent(root, "  ")
    return etree.tostring(root) + b"\n"


def make_mutants(documents: list[Path], schema: CompiledSchema, directory: Path) -> Iterator[Mutant]:
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, remove_pis=True)
    number = 0
    for document in documents:
        base = written(etree.parse(str(document), parser).getroot())
        source = random.Random(document.name)
        for kind, make in KINDS.items():
            for _ in range(ATTEMPTS):
                root = etree.fromstring(base, parser)
                elements = list(root.iter())
                made = make(elements, source)
                if made is None or schema.is_valid(text := written(root)):
                    continue
                element, detail = made
                ordinal = list(root.iter()).index(element)
                line = list(etree.fromstring(text).iter())[ordinal].sourceline
                number += 1
                file = directory / f"{number:05}.xml"
                file.write_bytes(text)
                yield Mutant(file, kind, line, plain_path(element), detail)
                break


def read_mutants(directory: Path) -> Iterator[Mutant]:
    for line in (directory / "faults.tsv").read_text(encoding="utf-8").splitlines():
        file, kind, number, path, detail, *_ = line.split("\t")
        yield Mutant(directory / file, kind, int(number), path, detail)


# What the tools say


def our_report(schema: CompiledSchema, mutant: Mutant) -> list[Fault]:
    return schema.validate(mutant.file)


def judged(mutant: Mutant, faults: list[Fault]) -> dict[str, bool]:
    first = faults[0] if faults else None
    if first is None:
        return {"line": False, "path": False, "one": False}
    path = re.sub(r"/[\w.-]+:", "/", first.path.split("/@")[0])
    is_named = mutant.kind != "missing-element" or any(
        etree.QName(mutant.detail).localname in re.split("[ :}]", name) for name in first.expected
    )
    return {"line": first.line == mutant.line, "path": path == mutant.path and is_named, "one": len(faults) == 1}


def libxml2_lines(schema: Path, mutants: list[Mutant]) -> dict[Path, list[int]]:
    relaxng = etree.RelaxNG(etree.parse(str(schema)))
    lines = {}
    for mutant in mutants:
        relaxng.validate(etree.parse(str(mutant.file)))
        lines[mutant.file] = [entry.line for entry in relaxng.error_log]
    return lines


def jing_lines(schema: Path, mutants: list[Mutant]) -> dict[Path, list[int]]:
    lines: dict[Path, list[int]] = {mutant.file: [] for mutant in mutants}
    for start in range(0, len(mutants), BATCH):
        files = [str(mutant.file) for mutant in mutants[start : start + BATCH]]
        output = subprocess.run(["jing", "-i", str(schema), *files], capture_output=True, text=True, check=False)
        for found in re.finditer(r"^(.*?):(\d+):\d+: (?:fatal|error)", output.stdout, re.MULTILINE):
            lines[Path(found[1])].append(int(found[2]))
    return lines


def tally_of_lines(mutants: list[Mutant], lines: dict[Path, list[int]]) -> Counter[tuple[str, str]]:
    tally: Counter[tuple[str, str]] = Counter()
    for mutant in mutants:
        found = lines[mutant.file]
        tally[mutant.kind, "line"] += bool(found) and found[0] == mutant.line
        tally[mutant.kind, "one"] += len(found) == 1
    return tally


def print_table(mutants: list[Mutant], tallies: dict[str, Counter[tuple[str, str]]]) -> None:
    columns = [(tool, measure) for tool in tallies for measure in ("line", "path", "one")]
    columns = [column for column in columns if column[0] == "ours" or column[1] != "path"]
    counts = Counter(mutant.kind for mutant in mutants)
    print(f"{'kind':<20}{'number':>7}" + "".join(f"{tool + ' ' + measure:>15}" for tool, measure in columns))
    for kind in [*KINDS, "all"]:
        kinds = list(KINDS) if kind == "all" else [kind]
        number = sum(counts[one] for one in kinds)
        shares = [sum(tallies[tool][one, measure] for one in kinds) / max(1, number) for tool, measure in columns]
        print(f"{kind:<20}{number:>7}" + "".join(f"{share:>14.1%} " for share in shares))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default="domain")
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--mutants", type=Path)
    parser.add_argument("--schema", type=Path)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    path = options.schema or LIBVIRT / "schemas" / f"{options.root}.rng"
    if not path.exists():
        print(f"no schema at {path}: give --schema, or set RELAXGEN_CORPUS")
        return 2
    schema = compile_schema(path)
    with tempfile.TemporaryDirectory() as directory:
        if options.mutants:
            mutants = list(read_mutants(options.mutants))
        else:
            documents = sorted((LIBVIRT / "xml" / options.root).glob("*.xml"))
            step = max(1, len(documents) // options.documents)
            mutants = list(make_mutants(documents[::step], schema, Path(directory)))
        tallies = {"ours": our_tally(schema, mutants, options.show)}
        tallies["libxml2"] = tally_of_lines(mutants, libxml2_lines(path, mutants))
        if shutil.which("jing"):
            tallies["Jing"] = tally_of_lines(mutants, jing_lines(path, mutants))
        print_table(mutants, tallies)
    return 0


def our_tally(schema: CompiledSchema, mutants: list[Mutant], show: int) -> Counter[tuple[str, str]]:
    tally: Counter[tuple[str, str]] = Counter()
    for mutant in mutants:
        faults = our_report(schema, mutant)
        verdict = judged(mutant, faults)
        tally.update((mutant.kind, measure) for measure, is_right in verdict.items() if is_right)
        if show and not all(verdict.values()):
            show -= 1
            print(f"# {mutant.kind}, line {mutant.line}, {mutant.path} {mutant.detail}", *faults, "", sep="\n")
    return tally


if __name__ == "__main__":
    sys.exit(main())
