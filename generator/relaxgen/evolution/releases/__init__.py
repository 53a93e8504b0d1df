"""The releases of a schema: what each accepts, what a document needs, and how to make it fit an older one.

collection        the releases: directories, tags of a git repository; in the order of their versions
accepted_names    the paths of elements, attributes and values that one schema accepts
since_table       for each path the releases that accept it
since_facts       the facts of schemas and bindings about releases, checked with the table
requirements      the releases that accept a document, and what the others refuse
xml_spans         where elements and attributes are in a document's text
downgrading       a document without what an older release refuses
"""

from .collection import Release, ReleaseArguments, open_releases
from .downgrading import Downgrade, downgrade
from .requirements import Releases, Requirement
from .since_table import SinceTable, since_table

__all__ = [
    "Downgrade",
    "Release",
    "ReleaseArguments",
    "Releases",
    "Requirement",
    "SinceTable",
    "downgrade",
    "open_releases",
    "since_table",
]
