"""Sample documents of a schema, and the coverage of a schema by documents.

`Sampler` makes the smallest documents, `random_document` random ones, and `covering_documents` a set that exercises
every position of the schema. All return `SampleElement`; its `to_xml` returns the text. `CoverageMeter` counts the
positions that documents exercise.
"""

from __future__ import annotations

from .coverage import Coverage, CoverageMeter
from .covering_documents import covering_documents
from .expansion import NoSample
from .random_documents import USUAL_SIZE, random_document, random_document_of
from .sample_element import Content, SampleElement
from .schema_positions import Position, PositionKind, positions_of
from .smallest_documents import Sampler

__all__ = [
    "USUAL_SIZE",
    "Content",
    "Coverage",
    "CoverageMeter",
    "NoSample",
    "Position",
    "PositionKind",
    "SampleElement",
    "Sampler",
    "covering_documents",
    "positions_of",
    "random_document",
    "random_document_of",
]
