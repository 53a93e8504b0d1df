"""Checks the verdicts on changes of schemas: releases of real schemas, and edits with a known effect.

usage: python benchmarks/inclusion.py [PART...] [--mutants 200] [--grammars 500] [--seed 0] [--breaks]

    releases   libvirt 9.0.0 and 11.3.0, every root, both ways
    series     vocabularies with several releases, each against the next, both ways
    itself     every schema against a second reading of itself
    mutants    libvirt's domaincommon.rng, edited in one place at a time, against itself, both ways
    grammars   random small grammars, each against an edit of itself, both ways, and all their small documents

Seconds are processor time. The exit status is 1 if a verdict is wrong: if a document of the corpus or the known effect
of an edit contradicts it, or if a schema does not include itself.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from lxml import etree  # noqa: E402
from relaxgen.diagnostics.errors import Diagnostics, SchemaError  # noqa: E402
from relaxgen.evolution.inclusion import Inclusion, Verdict, compare_documents  # noqa: E402
from relaxgen.relaxng.compilation import compile_patterns  # noqa: E402
from relaxgen.relaxng.correctness import check_schema  # noqa: E402
from relaxgen.relaxng.grammar_reader import read_grammar  # noqa: E402
from relaxgen.relaxng.simplification import simplify  # noqa: E402
from relaxgen.relaxng.simplified_form import SimplifiedForm  # noqa: E402
from relaxgen.relaxng.validator import CompiledSchema  # noqa: E402

from benchmarks.agreement import make_grammars  # noqa: E402
from benchmarks.subjects import CORPUS  # noqa: E402
from tests.evolution.inclusion.mutations import Effect, Mutation, mutations  # noqa: E402
from tests.evolution.inclusion.test_random_grammars import (  # noqa: E402
    correct_form,
    documents,
    edited,
    first_break,
)
from tests.relaxng.validation.small_grammars import schema_text  # noqa: E402

OLD, NEW = CORPUS / "libvirt-9.0.0" / "schemas", CORPUS / "libvirt-11.3.0" / "schemas"
VOCABULARIES = CORPUS / "vocabularies"
DOCUMENTS = 100
"""The number of documents of the corpus that check the verdict on a mutant."""


def form_of(path: Path) -> SimplifiedForm | None:
    """None for a file that is no schema of its own."""
    diagnostics = Diagnostics()
    try:
        grammar = read_grammar(path, diagnostics)
        return check_schema(grammar, simplify(grammar, diagnostics), diagnostics)
    except SchemaError:
        return None


def timed(narrow: SimplifiedForm, wide: SimplifiedForm) -> tuple[Inclusion, float]:
    start = time.process_time()
    inclusion = compare_documents(narrow, wide)
    return inclusion, time.process_time() - start


def told(inclusion: Inclusion, seconds: float) -> str:
    breaks, doubts = len(inclusion.counterexamples), len(inclusion.undecided)
    counts = "" if inclusion.verdict is Verdict.INCLUDED else f" {breaks} breaks, {doubts} doubts"
    return f"{inclusion.verdict.value}{counts} ({seconds:.2f} s)"


def list_breaks(inclusion: Inclusion) -> None:
    for found in inclusion.counterexamples:
        given = "".join(f" [@{name.local}={value!r}]" for name, value in found.given)
        about = "" if found.is_about_attribute or found.name is None else f" <{found.name.local}>"
        value = "" if found.value is None else f" {found.value!r}"
        print(f"      {found.kind.value}: {found.xpath}{given}{about}{value}")
    for doubt in inclusion.undecided:
        print(f"      undecided: {doubt.xpath}: {doubt.reason}")


def compare_pair(name: str, old: Path, new: Path, *, shows_breaks: bool) -> float:
    """The seconds that both ways took."""
    first, second = form_of(old), form_of(new)
    if first is None or second is None:
        return 0.0
    forward, forward_time = timed(first, second)
    backward, backward_time = timed(second, first)
    print(f"  {name:<30} old in new: {told(forward, forward_time):<45} new in old: {told(backward, backward_time)}")
    if shows_breaks:
        list_breaks(forward)
    return forward_time + backward_time


def releases(options: argparse.Namespace) -> int:
    total = 0.0
    for path in sorted(NEW.rglob("*.rng")):
        old = OLD / path.relative_to(NEW)
        if old.exists():
            total += compare_pair(path.stem, old, path, shows_breaks=options.breaks)
    print(f"  together {total:.1f} s")
    return 0


def series(options: argparse.Namespace) -> int:
    for name, paths in _series():
        print(f"  {name}")
        for old, new in pairwise(paths):
            compare_pair(f"{old.stem} {new.stem}", old, new, shows_breaks=options.breaks)
    return 0


def _series() -> Iterator[tuple[str, list[Path]]]:
    pacemaker = list((VOCABULARIES / "pacemaker" / "schema").glob("pacemaker-[0-9]*.rng"))
    yield "pacemaker", sorted(pacemaker, key=_release)
    for name in ("docbook", "mallard"):
        for directory in sorted((VOCABULARIES / name / "schema").glob("[0-9]*"))[:1]:
            others = sorted((VOCABULARIES / name / "schema").glob("[0-9]*"))[1:]
            for path in sorted(directory.rglob("*.rng")):
                paths = [path, *(other / path.relative_to(directory) for other in others)]
                if all(one.exists() for one in paths):
                    yield f"{name} {path.stem}", paths


def _release(path: Path) -> list[int]:
    return [int(part) for part in path.stem.rpartition("-")[2].split(".")]


def itself(options: argparse.Namespace) -> int:
    wrong = count = 0
    slowest, slowest_path = 0.0, Path()
    for path in sorted(path for path in CORPUS.rglob("*.rng") if "spec-suite" not in path.parts):
        first, second = form_of(path), form_of(path)
        if first is None or second is None:
            continue
        inclusion, seconds = timed(first, second)
        count += 1
        slowest, slowest_path = max((slowest, slowest_path), (seconds, path))
        if inclusion.verdict is not Verdict.INCLUDED:
            wrong += 1
            print(f"  {path}: {told(inclusion, seconds)}")
    print(f"  {count - wrong} of {count} proven; the slowest takes {slowest:.2f} s: {slowest_path.name}")
    return wrong


def mutants(options: argparse.Namespace) -> int:
    directory = Path(tempfile.mkdtemp(prefix="inclusion-"))
    try:
        for path in NEW.glob("*.rng"):
            shutil.copy(path, directory)
        return _mutants(directory, options.mutants)
    finally:
        shutil.rmtree(directory)


def _mutants(directory: Path, number: int) -> int:
    original = form_of(NEW / "domain.rng")
    assert original is not None  # a schema of libvirt's
    valid = Random(0).sample(sorted((CORPUS / "libvirt-11.3.0" / "xml" / "domain").glob("*.xml")), DOCUMENTS)
    tally: dict[str, Counter[str]] = {}
    wrong = 0
    for mutation in mutations(etree.parse(NEW / "domaincommon.rng"), Random(0), number):
        mutation.tree.write(directory / "domaincommon.rng")
        changed = form_of(directory / "domain.rng")
        counts = tally.setdefault(mutation.kind, Counter())
        if changed is None:
            counts["not a schema"] += 1
            continue
        forward, _ = timed(original, changed)
        backward, _ = timed(changed, original)
        reason = contradiction(mutation, forward, backward, changed, valid)
        if reason:
            wrong += 1
            print(f"  WRONG: {mutation.kind} in line {mutation.line}: {reason}")
        counts[outcome(mutation, forward, backward)] += 1
    for kind, counts in tally.items():
        print(f"  {kind:<22} {', '.join(f'{count} {name}' for name, count in sorted(counts.items()))}")
    print(f"  {wrong} wrong of {number}")
    return wrong


def contradiction(
    mutation: Mutation, forward: Inclusion, backward: Inclusion, changed: SimplifiedForm, valid: Sequence[Path]
) -> str:
    """Why a verdict is wrong; empty where nothing speaks against the two."""
    if mutation.effect is Effect.LESS and backward.verdict is Verdict.NOT_INCLUDED:
        return "what takes something away allows nothing new"
    if mutation.effect is Effect.MORE and forward.verdict is Verdict.NOT_INCLUDED:
        return "what adds something breaks nothing"
    if forward.verdict is Verdict.INCLUDED:
        judge = CompiledSchema(compile_patterns(changed))
        broken = [document for document in valid if not judge.is_valid(document)]
        if broken:
            return f"{broken[0]} is not valid any more"
    return ""


def outcome(mutation: Mutation, forward: Inclusion, backward: Inclusion) -> str:
    verdicts = (forward.verdict, backward.verdict)
    if Verdict.UNDECIDED in verdicts or forward.undecided or backward.undecided:
        return "with doubts"
    if verdicts == (Verdict.INCLUDED, Verdict.INCLUDED):
        return "without effect"
    expected = {
        Effect.LESS: (Verdict.NOT_INCLUDED, Verdict.INCLUDED),
        Effect.MORE: (Verdict.INCLUDED, Verdict.NOT_INCLUDED),
        Effect.OTHER: (Verdict.NOT_INCLUDED, Verdict.NOT_INCLUDED),
    }
    return "as expected" if verdicts == expected[mutation.effect] else f"{verdicts[0].value}/{verdicts[1].value}"


def random_grammars(options: argparse.Namespace) -> int:
    random = Random(options.seed)
    tally: Counter[str] = Counter()
    wrong = 0
    for grammar in make_grammars(options.grammars, options.seed):
        changed = edited(grammar, random)
        old, new = correct_form(grammar), correct_form(changed)
        if old is None or new is None:
            tally["not schemas"] += 1
            continue
        samples = [*documents(grammar, random), *documents(changed, random)]
        tally["documents"] += len(samples)
        for narrow, wide in ((old, new), (new, old)):
            inclusion = compare_documents(narrow, wide)
            tally[inclusion.verdict.value] += 1
            broken = first_break(narrow, wide, samples)
            tally["with documents that break"] += bool(broken)
            if broken and inclusion.verdict is Verdict.INCLUDED:
                wrong += 1
                print(f"  WRONG: {broken}\n{schema_text(grammar)}\n{schema_text(changed)}")
    print(f"  {', '.join(f'{count} {name}' for name, count in tally.items())}")
    print(f"  {wrong} wrong")
    return wrong


PARTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "releases": releases,
    "series": series,
    "itself": itself,
    "mutants": mutants,
    "grammars": random_grammars,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART")
    parser.add_argument("--mutants", type=int, default=200)
    parser.add_argument("--grammars", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--breaks", action="store_true", help="list every break of old documents")
    options = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"there is no corpus at {CORPUS}")
        return 2
    wrong = 0
    for name in options.parts or PARTS:
        print(name)
        wrong += PARTS[name](options)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
