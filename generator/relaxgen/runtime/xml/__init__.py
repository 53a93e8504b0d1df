"""XML itself: reading documents, places in them, names, escaping, and elements that no class describes."""
