"""The class model for people who decide on names: a tree of elements and fields, or one part of it.

Files in the order of reading: `description` (what is shown), `path` (which part a path leads to), `tree` (a class with
all that is inside), `details` (all about one field or one enumeration), `wording` (names and types in short).
"""

from .description import describe

__all__ = ["describe"]
