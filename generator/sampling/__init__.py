"""Sample documents: from the simplified form of a schema to documents that it allows."""

from __future__ import annotations

from .expansion import Content, NoSample
from .smallest import Sampler
from .tree import SampleElement

__all__ = ["Content", "NoSample", "SampleElement", "Sampler"]
