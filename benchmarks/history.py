"""The diff and the releases of a schema on libvirt's real history.

usage: python benchmarks/history.py [diff] [since] [requires] [--pairs 30] [--documents 500] [--releases 12]

    diff       pairs of releases of domain.rng, both ways: crashes, wrong claims, unexplained and undecided findings
    since      all releases: seconds, and how many paths are accepted or gone
    requires   documents of the corpus against releases: seconds, and which release most of them need

Seconds are those of the processor. Schemas that are read anew judge every witness of a diff once more; exit status 1
where one is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from relaxgen.evolution.compared_packages import Arguments, open_pairs  # noqa: E402
from relaxgen.evolution.inclusion import Verdict  # noqa: E402
from relaxgen.evolution.package_comparison import Comparison, compare  # noqa: E402
from relaxgen.evolution.releases import (  # noqa: E402
    Release,
    ReleaseArguments,
    Releases,
    open_releases,
    since_table,
)
from relaxgen.evolution.rules import Category  # noqa: E402
from relaxgen.relaxng import compile_schema  # noqa: E402

from benchmarks.subjects import CORPUS  # noqa: E402

ARCHIVE = CORPUS / "libvirt-history.tar.xz"
UNEXPLAINED = ("RNG001", "RNG002")
OF_ALTERNATIVES = ("RNG065", "RNG066")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["diff", "since", "requires", []], metavar="PART")
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--releases", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(directory, filter="data")
        with open_releases(ReleaseArguments("domain.rng", f"{directory}/rel")) as releases:
            parts = options.parts or ["diff", "since", "requires"]
            wrong = diff(spread(releases, options.pairs + 1)) if "diff" in parts else 0
            if "since" in parts:
                since(releases)
            if "requires" in parts:
                requires(spread(releases, options.releases), options.documents)
    return 1 if wrong else 0


def spread(releases: Sequence[Release], number: int) -> list[Release]:
    """So many releases, from the oldest to the newest."""
    step = (len(releases) - 1) / max(1, number - 1)
    return [releases[round(index * step)] for index in range(number)]


def diff(releases: Sequence[Release]) -> int:
    totals: Counter[str] = Counter()
    begun = time.process_time()
    for old, new in pairwise(releases):
        for first, second in ((old, new), (new, old)):
            with open_pairs(Arguments((str(first.schema), str(second.schema)))) as pairs:
                comparison = compare(pairs)
            counts = counted(comparison, first, second)
            totals += counts
            details = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
            print(f"{first.name} to {second.name}: {details or 'no finding'}")
    seconds = time.process_time() - begun
    print(f"diff: {seconds:.0f} s; {', '.join(f'{number} {what}' for what, number in sorted(totals.items()))}")
    return totals["wrong witnesses"]


def counted(comparison: Comparison, old: Release, new: Release) -> Counter[str]:
    schemas = compile_schema(old.schema), compile_schema(new.schema)
    counts = Counter({"findings": len(comparison.findings)})
    for finding in comparison.findings:
        counts["unexplained"] += finding.rule.id in UNEXPLAINED
        counts["of alternatives"] += finding.rule.id in OF_ALTERNATIVES
        for impact in finding.impacts:
            if impact.witness:
                valid = [schema.is_valid(impact.witness) for schema in schemas]
                expected = [True, False] if impact.category is Category.BACKWARD else [False, True]
                counts["witnesses"] += 1
                counts["wrong witnesses"] += valid != expected
            counts["not shown"] += not impact.certain
    verdicts = [verdict for one in comparison.schemas for verdict in (one.backward, one.forward)]
    counts["undecided verdicts"] += verdicts.count(Verdict.UNDECIDED)
    return +counts


def since(releases: Sequence[Release]) -> None:
    begun = time.process_time()
    table = since_table(releases)
    gone = sum(table.until(path) is not None for path in table.accepting)
    seconds = time.process_time() - begun
    print(
        f"since: {len(table.releases)} releases in {seconds:.1f} s; {len(table.accepting)} paths, {gone} of them gone"
    )


def requires(releases: Sequence[Release], number: int) -> None:
    files = sorted((CORPUS / "libvirt-11.3.0" / "xml" / "domain").glob("*.xml"))[:number]
    begun = time.process_time()
    requirements = Releases(releases, cache=False).requirements([(file.name, file) for file in files])
    seconds = time.process_time() - begun
    lowest = Counter(one.lowest or "none" for one in requirements)
    most = ", ".join(f"{name}: {count}" for name, count in lowest.most_common(6))
    print(f"requires: {len(files)} documents, {len(releases)} releases in {seconds:.1f} s; {most}")


if __name__ == "__main__":
    sys.exit(main())
