"""`relaxgen inspect` and `relaxgen enums`: a class model as text, and enum tables compared with a schema.

Files in the order of reading: `description` (the output of `inspect`), `model_index` (the model by name), `model_paths`
(the part that a path leads to), `class_tree` (a class with everything inside it), `details` (the facts about one field
or one enumeration), `short_text` (types and lists in few words), `value_choices` (the lists of values in a schema),
`table_comparison` (enum tables against these lists).
"""

from .description import describe

__all__ = ["describe"]
