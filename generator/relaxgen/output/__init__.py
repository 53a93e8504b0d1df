"""The end of the pipeline: writes a tree of texts into a directory, or compares it with the directory.

Files in the order of reading: `output_tree` (what is written), `content` (the files on disk, and which of them are
ours), `disk_comparison` and `writing` (the two ends), `replacement` (how one directory takes the place of another).
"""

from .disk_comparison import Difference, DifferenceKind, compare
from .output_tree import HEADER, OutputTree
from .writing import WriteSummary, write

__all__ = ["HEADER", "Difference", "DifferenceKind", "OutputTree", "WriteSummary", "compare", "write"]
