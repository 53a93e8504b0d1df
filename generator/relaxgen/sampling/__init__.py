"""Sample documents: from the simplified form of a schema to documents that it allows, and what documents use of it.

`Sampler` gives the smallest documents, `random_document` random ones, `covering_documents` a set that exercises every
position; all give `SampleElement`s, whose `to_xml` is the text. `CoverageMeter` tells what documents exercise.
"""

from __future__ import annotations

from .coverage import Coverage, CoverageMeter
from .covering_documents import covering_documents
from .expansion import Content, NoSample
from .random_documents import USUAL_SIZE, random_document, random_document_of
from .sample_element import SampleElement
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
