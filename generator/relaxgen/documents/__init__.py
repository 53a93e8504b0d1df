"""``relaxgen validate``: finds documents, validates them on all processors, and writes the report."""

from .document_arguments import Document, find_documents
from .parallel_validation import DocumentReport, Options, validate_documents

__all__ = ["Document", "DocumentReport", "Options", "find_documents", "validate_documents"]
