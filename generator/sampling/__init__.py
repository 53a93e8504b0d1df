"""Sample documents: from the simplified form of a schema to documents that it allows.

`Sampler` gives the smallest ones, `random_document` random ones. Both give a `SampleElement`; its `to_xml` is the text.
"""

from __future__ import annotations

from .expansion import Content, NoSample
from .random_documents import random_document, random_document_of
from .smallest import Sampler
from .tree import SampleElement

__all__ = ["Content", "NoSample", "SampleElement", "Sampler", "random_document", "random_document_of"]
