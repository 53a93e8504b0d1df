"""Exact RELAX NG validation: a compiled grammar, its verdict on documents, and what is wrong with them."""
