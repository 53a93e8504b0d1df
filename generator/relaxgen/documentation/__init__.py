"""Reference documentation of a vocabulary: one more back end beside the Python package.

    Model → Site             builder
    Site  → files by path    renderer

Files in the order of reading: `view` (what templates see), `builder` (the whole), `places` (pages, anchors, links),
`fields` (rows of tables), `tree` (the elements from the roots), `usage` (what uses what), `examples` (fragments of XML,
held against the exact grammar), `sample_texts` and `matching_texts` (texts that a datatype takes), `renderer`.
"""
