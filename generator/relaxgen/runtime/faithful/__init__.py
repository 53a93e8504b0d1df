"""Formatting an object into the text that it was parsed from: what did not change keeps its characters.

The object is written as usual, without any layout; both texts are read as trees that know where their parts stand; and
only what differs is put into the source text. The result is read again and compared, so it always says what the object
says: where splicing would not, the smallest element around the mistake is written anew.

Loaded when a caller asks for it.
"""
