"""The whole comparison, stage after stage: pairs of packages in, a `Comparison` out.

schemas     → CheckedSchema                       pipeline.read_schemas
two schemas → findings about documents            document_changes
documents   → those that one side refuses         user_documents
two models  → findings about Python code          python_surface, python_changes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..binding.model import Model
from ..diagnostics.errors import Diagnostic, Diagnostics
from ..diagnostics.locations import SourceLocation
from ..pipeline import bind, read_schemas
from ..relaxng.correctness import CheckedSchema
from ..relaxng.schema import Schema
from .compared_packages import Pair, Side
from .document_changes import STEPS, Tried, judge_documents
from .finding import Finding, Impact, merged, without_repeated_news
from .inclusion import Undecided, Verdict
from .python_changes import compare_surfaces
from .python_surface import surface_of
from .rules import RULES, Category
from .user_documents import CheckedDocuments, RefusedDocument, check_documents

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SchemaVerdict:
    """What was proven about the documents of one schema. ``old`` and ``new`` are the files as the user knows them."""

    name: str
    old: str
    new: str
    backward: Verdict
    forward: Verdict
    undecided: tuple[tuple[Category, Undecided], ...] = ()
    unchanged: bool = False

    def of(self, category: Category) -> Verdict:
        return self.backward if category is Category.BACKWARD else self.forward


NOT_COMPARED = ("RNG012", "RNG013", "RNG090")
"""What says that nothing is proven about documents."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``findings`` in the order of places; ``documents`` is about those that were given, if any were. ``warnings`` are
    those about the new schemas."""

    findings: tuple[Finding, ...]
    schemas: tuple[SchemaVerdict, ...]
    documents: CheckedDocuments | None = None
    warnings: tuple[Diagnostic, ...] = ()

    def broken(self, category: Category, *, possibly: bool = False) -> tuple[Finding, ...]:
        """The findings that break something; with `possibly`, those that may, too."""
        return tuple(
            one
            for one in self.findings
            if one.is_certain(category) or (possibly and one.impact_on(category) is not None)
        )

    def is_proven(self, category: Category) -> bool:
        """Whether it is proven that no document breaks."""
        unseen = any(one.rule.id in NOT_COMPARED and one.impact_on(category) for one in self.findings)
        return not unseen and all(one.of(category) is Verdict.INCLUDED for one in self.schemas)

    def undecided(self, category: Category) -> tuple[tuple[SchemaVerdict, Undecided], ...]:
        return tuple((schema, one) for schema in self.schemas for about, one in schema.undecided if about is category)


def compare(pairs: Sequence[Pair], documents: Sequence[str] = (), progress: Progress | None = None) -> Comparison:
    """
    Raises:
        GeneratorError: with everything that is wrong with a schema, a table or a document's path.
    """
    findings: list[Finding] = []
    verdicts: list[SchemaVerdict] = []
    warnings: dict[Diagnostic, None] = {}
    schemas: dict[str, tuple[CheckedSchema, CheckedSchema]] = {}
    steps = _Steps(progress)
    for pair in pairs:
        read = _Read(pair)
        steps.expect(STEPS * len(read.both()) + 1)
        warnings |= dict.fromkeys(read.warnings)
        schemas.update((_qualified(pair, name), both) for name, both in read.both())
        for name, found, verdict in _compared_documents(read, steps):
            findings += found
            verdicts.append(replace(verdict, name=_qualified(pair, name)))
        findings += read.files_findings()
        findings += read.source_findings()
        steps.is_done()
    checked = check_documents(schemas, documents) if documents else None
    findings += map(_finding_of_document, checked.refused if checked is not None else ())
    ordered = sorted(without_repeated_news(merged(findings)), key=_sort_key)
    return Comparison(tuple(ordered), tuple(verdicts), checked, tuple(warnings))


def _qualified(pair: Pair, name: str) -> str:
    return f"{pair.name}: {name}" if pair.name else name


class _Steps:
    """Tells how much of what is expected so far is done."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.done = self._expected = 0

    def expect(self, number: int) -> None:
        self._expected += number
        self.reach(self.done)

    def is_done(self) -> None:
        self.reach(self.done + 1)

    def reach(self, done: int) -> None:
        """Also for work whose last steps may have been left out."""
        self.done = done
        if self._progress is not None:
            self._progress("compare", done, self._expected)


class _Read:
    """The schemas of a pair, read; everything that is wrong on a side is raised at once."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.old, _ = _read_side(pair.old)
        self.new, self.warnings = _read_side(pair.new)

    def both(self) -> list[tuple[str, tuple[CheckedSchema, CheckedSchema]]]:
        return [(name, (self.old[name], self.new[name])) for name in self.new if name in self.old]

    def files_findings(self) -> Iterator[Finding]:
        for rule, what, here, there, side in (
            ("RNG012", "gone", self.old, self.new, self.pair.old),
            ("RNG013", "new", self.new, self.old, self.pair.new),
        ):
            for name, checked in here.items():
                if name not in there:
                    place = side.shown(checked.schema.location)
                    old, new = (place, None) if here is self.old else (None, place)
                    impacts = (Impact(RULES[rule].categories[0]),)
                    yield Finding(RULES[rule], f"schema {name} is {what}", (), old, new, impacts)

    def source_findings(self) -> Iterator[Finding]:
        if self.old and self.new:
            old, new = _bound(self.pair.old, self.old), _bound(self.pair.new, self.new)
            for finding in compare_surfaces(surface_of(old), surface_of(new)):
                yield _shown(finding, self.pair)


def _read_side(side: Side) -> tuple[Mapping[str, CheckedSchema], tuple[Diagnostic, ...]]:
    """The schemas of a side, with the warnings about them."""
    diagnostics = Diagnostics()
    with side.naming_its_files():
        read = read_schemas(side.request, diagnostics)
    by_path = {checked.schema.location.path: checked for checked in read}
    names = {name: by_path.get(str(path)) for name, path in side.schemas.items()}
    return {name: checked for name, checked in names.items() if checked is not None}, diagnostics.warnings


def _bound(side: Side, schemas: Mapping[str, CheckedSchema]) -> Model:
    with side.naming_its_files():
        return bind(tuple(schemas.values()), side.request, Diagnostics())


def _compared_documents(read: _Read, steps: _Steps) -> Iterator[tuple[str, list[Finding], SchemaVerdict]]:
    tried: Tried = {}
    for name, (old, new) in read.both():
        before = steps.done
        judged = judge_documents((old.schema, old.form), (new.schema, new.form), tried, steps.is_done)
        steps.reach(before + STEPS)
        of_rules = list(_changed_rules(old.schema, new.schema))
        findings = [replace(_shown(one, read.pair), schemas=(name,)) for one in (*judged.findings, *of_rules)]
        sides = (Category.BACKWARD, judged.backward), (Category.FORWARD, judged.forward)
        undecided = tuple((category, one) for category, inclusion in sides for one in inclusion.undecided)
        verdict = SchemaVerdict(
            name,
            read.pair.old.text(old.schema.location.path),
            read.pair.new.text(new.schema.location.path),
            judged.backward.verdict,
            judged.forward.verdict,
            undecided,
            judged.equal and not of_rules,
        )
        yield name, findings, verdict


def _changed_rules(old: Schema, new: Schema) -> Iterator[Finding]:
    """Rules of Schematron count as texts: what they allow is not known."""
    removed = [one for one in old.rules if one not in new.rules]
    added = [one for one in new.rules if one not in old.rules]
    if removed or added:
        counts = " and ".join(f"{len(rules)} {what}" for rules, what in ((removed, "gone"), (added, "new")) if rules)
        message = f"embedded rules of Schematron changed, and they are not checked: {counts}"
        impacts = tuple(Impact(category, certain=False) for category in RULES["RNG090"].categories)
        before, after = (rules[0].location if rules else None for rules in (removed, added))
        yield Finding(RULES["RNG090"], message, (), before, after, impacts)


def _shown(finding: Finding, pair: Pair) -> Finding:
    anchor = pair.new.shown(finding.anchor) if finding.anchor == finding.new else pair.old.shown(finding.anchor)
    return replace(finding, old=pair.old.shown(finding.old), new=pair.new.shown(finding.new), anchor=anchor)


def _finding_of_document(found: RefusedDocument) -> Finding:
    """A document of the user's that one side refuses is a witness, too."""
    rule = RULES["RNG001" if found.category is Category.BACKWARD else "RNG002"]
    sides = ("old", "new") if found.category is Category.BACKWARD else ("new", "old")
    message = f"{found.name} is valid under the {sides[0]} schema, and not under the {sides[1]} one: {found.reason}"
    return Finding(rule, message, (found.path,), impacts=(Impact(found.category, found.text),), schemas=(found.schema,))


def _sort_key(finding: Finding) -> tuple[object, ...]:
    """By file and line, documents before code; what has no place comes last."""
    place = finding.place or SourceLocation("")
    where = finding.place is None, place.path, place.line, place.column
    return not finding.rule.id.startswith("RNG"), *where, finding.rule.id, finding.message
