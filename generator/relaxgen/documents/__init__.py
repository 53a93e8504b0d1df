"""``relaxgen validate``: which documents are meant, validating them on all processors, and the report."""

from .document_arguments import Document, find_documents
from .parallel_validation import DocumentReport, Options, validate_documents

__all__ = ["Document", "DocumentReport", "Options", "find_documents", "validate_documents"]
