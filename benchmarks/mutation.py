"""Measures the share of small bugs in core logic that the tests of their folder catch, without a corpus.

usage: python -m benchmarks.mutation [MODULE...] [--each 16] [--seed 0] [--jobs 2] [--minimum 90]

Each mutant is one small bug, planted in one module of a copy of the repository: a comparison the other way, a condition
that always or never holds, a number one more, a call or an early end left out, a case of a ``match`` that is never
taken. The tests of the module's folder then run on the copy until the first fails. A mutant that they do not catch has
survived; `equivalent_mutants.toml` names the mutants that change no behaviour, each with the reason. A mutant with
which they take too long is counted apart: a loop without an end is no failed test, and neither is a busy machine.

`SUBJECTS` maps modules to their tests, the quickest first. ``--each`` mutants are drawn from each entry.
The exit status is 1 if fewer than ``--minimum`` percent of those caught or survived are caught.

Written here because the known tools do not fit. cosmic-ray 8.7 has one test command in a session and draws no sample,
and a fifth of its mutants here change type annotations, which nothing evaluates. mutmut 3.8 puts a dispatcher that
imports mutmut into every function, while generated packages get the run-time modules as text; and it accepts no source
directory but ``.``, ``src`` and ``source``.
"""

from __future__ import annotations

import argparse
import ast
import functools
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "generator/relaxgen"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
COPIED = ("generator", "generated", "templates", "schemas", "tests", "examples", "pyproject.toml")

_VALIDATION = (
    "tests/runtime/validation/test_derivatives.py",
    "tests/runtime/validation/test_patterns.py",
    "tests/relaxng/validation/test_cases.py",
    "tests/runtime/validation/test_names.py",
    "tests/runtime/validation/test_validator.py",
    "tests/relaxng/validation/test_compilation.py",
)
SUBJECTS = {
    "relaxng/simplification.py": (
        "tests/relaxng/test_cases.py",
        "tests/relaxng/test_simplification.py",
        "tests/relaxng/test_restrictions.py",
    ),
    "relaxng/restrictions.py": ("tests/relaxng/test_restrictions.py",),
    "runtime/grammar.py": _VALIDATION,
    "runtime/patterns.py": _VALIDATION,
    "runtime/datatypes.py": ("tests/runtime/datatypes/test_library.py",),
    "runtime/facets.py": ("tests/runtime/datatypes/test_library.py",),
    "runtime/*_types.py": ("tests/runtime/datatypes/test_library.py",),
    "binding/cardinality.py": ("tests/binding/test_cardinality.py", "tests/binding/test_cases.py"),
    "binding/fields.py": ("tests/binding",),
    "evolution/inclusion/*.py": (
        "tests/evolution/inclusion/test_cases.py",
        "tests/evolution/inclusion/test_languages.py",
        "tests/evolution/inclusion/test_calendar_and_bounds.py",
        "tests/evolution/inclusion/test_limits.py",
    ),
}
"""Modules below the package, and what is run for them."""


class Verdict(Enum):
    CAUGHT = "caught"
    TOO_LONG = "too long"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


OUTPUT = "output.txt"
"""What pytest prints, in each copy."""

MEMORY = 4 * 1024**3
"""The limit for one run, because a mutant may build an endless list."""


@dataclass(frozen=True)
class Mutant:
    """``start`` and ``end`` are offsets in the bytes of the file, between which ``new`` replaces ``old``."""

    module: str
    function: str
    line: int
    start: int
    end: int
    old: str
    new: str

    @property
    def change(self) -> str:
        return f"{self.function}: {self.old} → {self.new}"

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]


# Planting

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


class _Planter(ast.NodeVisitor):
    """Finds the places where a bug can be planted; not in annotations, decorators, assertions and defaults of types."""

    def __init__(self, module: str, source: bytes) -> None:
        self.found: list[Mutant] = []
        self._module = module
        self._source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._names: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node.name, node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node.name, node.body)

    def _inside(self, name: str, body: Iterable[ast.stmt]) -> None:
        self._names.append(name)
        for statement in body:
            self.visit(statement)
        self._names.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self._condition(node.test)
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._add(node.test, "False")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._condition(test)
        self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> None:
        is_last_resort = isinstance(node.body[0], ast.Raise)
        if node.guard is not None:
            self._condition(node.guard)
        elif not is_last_resort:
            shown = ast.unparse(node.pattern)
            text = self._source[slice(*self._span(node.pattern))].decode()
            self._add(node.pattern, f"{text} if False", old=f"case {shown}")
        for statement in node.body:
            self.visit(statement)

    def visit_Compare(self, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            changed = deepcopy(node)
            changed.ops[index] = _COMPARISONS[type(operator)]()
            self._replace(node, changed)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        changed = deepcopy(node)
        changed.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        self._replace(node, changed)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        other = _OPERATORS.get(type(node.op))
        if other is not None:
            changed = deepcopy(node)
            changed.op = other()
            self._replace(node, changed)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, node.operand)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            changed = deepcopy(node)
            changed.func = ast.Name(_FUNCTIONS[node.func.id])
            self._replace(node, changed)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._add(node, str(not node.value))
        elif isinstance(node.value, int):
            self._add(node, str(node.value + 1))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self._add(node, "pass" if not isinstance(node.value, (ast.Yield, ast.YieldFrom)) else "yield from ()")
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._add(node, "pass")
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._add(node, "break")

    def visit_Break(self, node: ast.Break) -> None:
        self._add(node, "continue")

    def _condition(self, test: ast.expr) -> None:
        self._add(test, "True")
        self._add(test, "False")

    def _replace(self, node: ast.expr, changed: ast.expr) -> None:
        self._add(node, f"({ast.unparse(changed)})")

    def _add(self, node: ast.expr | ast.stmt | ast.pattern, new: str, old: str = "") -> None:
        function = ".".join(self._names)
        start, end = self._span(node)
        self.found.append(
            Mutant(self._module, function, node.lineno, start, end, old or " ".join(ast.unparse(node).split()), new)
        )

    def _span(self, node: ast.expr | ast.stmt | ast.pattern) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.lineno - 1] + node.col_offset, self._lines[node.end_lineno - 1] + node.end_col_offset


@functools.cache
def source_of(module: str) -> bytes:
    """Read once: the files of the repository may change while this runs."""
    return (REPOSITORY / PACKAGE / module).read_bytes()


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    source = source_of(module)
    planter = _Planter(module, source)
    planter.visit(ast.parse(source))
    return planter.found


def modules_of(subject: str) -> list[str]:
    root = REPOSITORY / PACKAGE
    found = sorted(path.relative_to(root).as_posix() for path in root.glob(subject))
    if not found:
        raise SystemExit(f"there is no module {subject}: SUBJECTS in {__file__} must follow the files")
    return found


# Running


@dataclass
class Run:
    """One run of tests in a process of its own."""

    process: int
    copy: Path
    subject: str
    mutant: Mutant | None
    limit: float
    began: float = field(default_factory=time.monotonic)
    is_too_long: bool = False


class Runner:
    """Runs tests on copies of the repository, as many at a time as there are copies."""

    def __init__(self, copies: Sequence[Path]) -> None:
        self._free = list(copies)
        self._running: dict[int, Run] = {}
        self._limits: dict[str, float] = {}
        self._stamp = time.time()

    def measure(self, subjects: Iterable[str]) -> None:
        """Runs the tests of each subject without a mutant: they must pass, and the time they take is the measure."""
        for _ in self._finished((subject, None) for subject in subjects):
            pass

    def verdicts(self, mutants: Iterable[tuple[str, Mutant]]) -> Iterator[tuple[str, Mutant, Verdict]]:
        """For each mutant, as they come, what the tests say of it."""
        equivalents = known_equivalents()
        for run, has_failed in self._finished(mutants):
            assert run.mutant is not None
            if run.is_too_long:
                verdict = Verdict.TOO_LONG
            elif has_failed:
                verdict = Verdict.CAUGHT
            else:
                is_known = (run.mutant.module, run.mutant.change) in equivalents
                verdict = Verdict.EQUIVALENT if is_known else Verdict.SURVIVED
            yield run.subject, run.mutant, verdict

    def _finished(self, wanted: Iterable[tuple[str, Mutant | None]]) -> Iterator[tuple[Run, bool]]:
        for subject, mutant in wanted:
            while not self._free:
                yield self._wait()
            run = self._start(self._free.pop(), subject, mutant)
            self._running[run.process] = run
        while self._running:
            yield self._wait()

    def _start(self, copy: Path, subject: str, mutant: Mutant | None) -> Run:
        if mutant is not None:
            self._write(copy / PACKAGE / mutant.module, mutant.apply(source_of(mutant.module)))
        process = os.fork()
        if process == 0:
            _run_tests(copy, SUBJECTS[subject])
        return Run(process, copy, subject, mutant, self._limits.get(subject, 600))

    def _write(self, path: Path, source: bytes) -> None:
        """Each version has a second of its own, by which Python tells whether a compiled file is old."""
        path.write_bytes(source)
        self._stamp += 1
        os.utime(path, (self._stamp, self._stamp))

    def _wait(self) -> tuple[Run, bool]:
        """The next run that is finished, and whether a test failed."""
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process:
                run = self._running.pop(process)
                self._tidy(run)
                return run, self._has_failed(run, os.waitstatus_to_exitcode(status))
            for run in self._running.values():
                if time.monotonic() - run.began > run.limit:
                    run.is_too_long = True
                    os.killpg(run.process, signal.SIGKILL)
            time.sleep(0.02)

    def _tidy(self, run: Run) -> None:
        if run.mutant is not None:
            self._write(run.copy / PACKAGE / run.mutant.module, source_of(run.mutant.module))
        self._free.append(run.copy)

    def _has_failed(self, run: Run, status: int) -> bool:
        """pytest's exit status is 0 if all passed, 1 if some failed, 2 or 4 if an import failed."""
        seconds = time.monotonic() - run.began
        if run.mutant is None:
            if status != 0:
                print((run.copy / OUTPUT).read_text(encoding="utf-8"))
                raise SystemExit(f"the tests of {run.subject} fail without a mutant: {' '.join(SUBJECTS[run.subject])}")
            self._limits[run.subject] = 20 + 4 * seconds
            print(f"{run.subject}: {seconds:.1f} s without a mutant", flush=True)
        return status != 0


def _run_tests(copy: Path, tests: Sequence[str]) -> None:
    """In a process that was forked: what is slow to import is there, and nothing of the package."""
    os.setpgid(0, 0)
    os.chdir(copy)
    output = os.open(copy / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["RELAXGEN_CORPUS"] = str(copy / "no-corpus")
    import pytest

    options = [
        "-x",
        "-q",
        "-m",
        "not slow",
        "--hypothesis-seed=0",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    status = 3
    try:
        status = int(pytest.main([*options, *tests]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _import_what_is_slow() -> None:
    import black  # noqa: F401
    import jinja2  # noqa: F401
    import lxml.etree  # noqa: F401
    import pytest  # noqa: F401


# Reporting


def known_equivalents() -> dict[tuple[str, str], str]:
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(entry["module"], entry["change"]): entry["reason"] for entry in entries}


def report(results: Sequence[tuple[str, Mutant, Verdict]], minimum: float) -> int:
    print(f"\n{'':40}" + "".join(f"{verdict.value:>12}" for verdict in Verdict))
    total: Counter[Verdict] = Counter()
    for subject in SUBJECTS:
        counts = Counter(verdict for name, _, verdict in results if name == subject)
        if counts:
            print(f"{subject:40}" + "".join(f"{counts[verdict]:12}" for verdict in Verdict))
            total += counts
    decided = total[Verdict.CAUGHT] + total[Verdict.SURVIVED]
    share = 100 * total[Verdict.CAUGHT] / max(1, decided)
    print(f"{share:.1f} % of {decided} mutants caught")
    return int(share < minimum)


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", choices=[*SUBJECTS, []], metavar="MODULE", help="entries of SUBJECTS")
    parser.add_argument("--each", type=int, default=16, help="so many mutants of each entry")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minimum", type=float, default=90, help="percent that must be caught")
    parser.add_argument("--function", default="", help="only mutants of functions whose name contains this")
    options = parser.parse_args()
    subjects = options.modules or list(SUBJECTS)
    chosen: list[tuple[str, Mutant]] = []
    for subject in subjects:
        all_ = [mutant for module in modules_of(subject) for mutant in mutants_of(module)]
        all_ = [mutant for mutant in all_ if options.function in mutant.function]
        random = Random(f"{options.seed} {subject}")
        chosen += [(subject, mutant) for mutant in random.sample(all_, min(options.each, len(all_)))]
        print(f"{subject}: {len(all_)} mutants", flush=True)
    os.nice(5)
    _import_what_is_slow()
    equivalents = known_equivalents()
    results = []
    with tempfile.TemporaryDirectory(prefix="relaxgen-mutation-") as directory:
        copies = [Path(directory, f"copy{number}") for number in range(options.jobs)]
        for copy in copies:
            _copy_repository(copy)
        runner = Runner(copies)
        runner.measure(subjects)
        for subject, mutant, verdict in runner.verdicts(chosen):
            results.append((subject, mutant, verdict))
            if verdict is not Verdict.CAUGHT:
                print(f"{verdict.value}: {PACKAGE}/{mutant.module}:{mutant.line}: {mutant.change}", flush=True)
            if verdict is Verdict.EQUIVALENT:
                print(f"    {equivalents[mutant.module, mutant.change]}", flush=True)
    return report(results, options.minimum)


def _copy_repository(copy: Path) -> None:
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name)


if __name__ == "__main__":
    sys.exit(main())
