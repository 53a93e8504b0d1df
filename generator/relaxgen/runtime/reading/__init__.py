"""From elements of a document to objects: the mechanism behind generated read functions."""
