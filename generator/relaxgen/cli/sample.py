"""``relaxgen sample``: documents that a schema allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from .package_options import CATALOG_OPTION, SCHEMA_FILE
from .showing import FINE, say, shown_progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..sampling import SampleElement, Sampler


@click.command()
@click.argument("schema", type=SCHEMA_FILE)
@CATALOG_OPTION
@click.option("--root", metavar="NAME", help="An element or define to start from.")
@click.option("--minimal", is_flag=True, help="The smallest document; this is the default.")
@click.option("--cover", is_flag=True, help="Documents that together contain every element, attribute and value.")
@click.option("--seed", metavar="N", type=int, help="Random documents; the same N gives the same documents.")
@click.option("--count", metavar="N", type=click.IntRange(min=1), help="The number of random documents.  [default: 1]")
@click.option(
    "--size", metavar="N", type=click.IntRange(min=0), help="At most N elements and attributes more than the smallest."
)
@click.option(
    "--output", "-o", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write files into DIR."
)
def sample(
    schema: Path,
    root: str | None,
    minimal: bool,
    cover: bool,
    seed: int | None,
    count: int | None,
    size: int | None,
    output: Path | None,
) -> int:
    """Make documents that a schema allows.

    They are the smallest document, a set that covers the whole schema, or random ones. Without --output, they go to
    standard output, one after the other.
    """
    is_random = seed is not None or count is not None or size is not None
    if minimal + cover + is_random > 1:
        raise click.UsageError("--minimal, --cover and random documents (--seed, --count, --size) exclude each other")
    from ..relaxng.roots import read_form
    from ..sampling import Sampler, covering_documents
    from ..sampling.sample_files import write_samples

    read, form = read_form(schema, root, SourceLocation("--root"))
    documents: Iterable[SampleElement]
    with shown_progress(str(schema)) as progress:
        if cover:
            documents = covering_documents(form, progress=progress)
        elif is_random:
            documents = _random_documents(Sampler(form), seed or 0, count or 1, size)
        else:
            documents = [Sampler(form).smallest_document()]
        texts = (document.to_xml(read.prefixes) for document in documents)
        if output is None:
            for text in texts:
                click.echo(text, nl=False)
            return FINE
        files = write_samples(list(texts), output, root or schema.stem)
    say(f"{output}: {counted(len(files), 'document')} written")
    return FINE


def _random_documents(sampler: Sampler, seed: int, count: int, size: int | None) -> Iterable[SampleElement]:
    """Each document has its own seed, so that a larger count gives the same first documents."""
    from random import Random

    from ..sampling import USUAL_SIZE, random_document_of

    for number in range(count):
        yield random_document_of(sampler, Random(f"{seed}/{number}"), USUAL_SIZE if size is None else size)
