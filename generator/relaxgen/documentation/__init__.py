"""Reference documentation of a vocabulary: one more back end beside the Python package.

    Model → Site             builder
    Site  → files by path    renderer

Files in the order of reading: `view` (the data that templates get), `builder` (the whole site), `page_links` (pages,
anchors, links), `field_wording` (types and names in words), `index_tree` (the elements from the roots), `back_links`
(the users of each class and enumeration), `examples` (short XML examples, checked against the exact grammar),
`example_texts` (texts that a type allows), `renderer`.
"""
