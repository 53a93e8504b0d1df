"""The compact syntax of RELAX NG (OASIS Committee Specification, 21 November 2002), read and written.

`tokens`, `cursor`, `parts` and `parser` make of a file the tree that the XML syntax gives, each upon the one before.
`comments` puts comments into that tree, and `writer` makes of it a file with the prefixes that `names` settles.
"""
