"""The compact syntax of RELAX NG (OASIS Committee Specification, 21 November 2002), read and written.

`tokens` and `reader` make of a file the tree that the XML syntax gives, `writer` makes of that tree a file.
"""
