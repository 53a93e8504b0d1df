"""The end of the pipeline: a tree of texts is written into a directory, or compared with what stands there.

Files in the order of reading: `tree` (what is written), `content` (what stands there, and which of it is ours),
`comparison` and `writing` (the two ends), `replacement` (how one directory takes the place of another).
"""

from .comparison import Difference, DifferenceKind, compare
from .tree import HEADER, OutputTree
from .writing import WriteSummary, write

__all__ = ["HEADER", "Difference", "DifferenceKind", "OutputTree", "WriteSummary", "compare", "write"]
