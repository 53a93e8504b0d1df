"""``relaxgen validate``: which documents are meant, validating them on all processors, and the report."""
