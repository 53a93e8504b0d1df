"""The exact grammar of the package that this run time belongs to, loaded when a document must be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .faults import Fault
    from .source import Document


def faults_of(document: Document, entry: str) -> list[Fault]:
    """What is wrong with the document; nothing where the package carries no grammar."""
    return []
