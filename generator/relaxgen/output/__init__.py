"""The end of the pipeline: a tree of texts is written into a directory, or compared with what stands there.

Files in the order of reading: `output_tree` (what is written), `content` (what stands there, and which of it is ours),
`disk_comparison` and `writing` (the two ends), `replacement` (how one directory takes the place of another).
"""

from .disk_comparison import Difference, DifferenceKind, compare
from .output_tree import HEADER, OutputTree
from .writing import WriteSummary, write

__all__ = ["HEADER", "Difference", "DifferenceKind", "OutputTree", "WriteSummary", "compare", "write"]
