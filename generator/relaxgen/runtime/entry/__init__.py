"""The functions that a package offers: parse, format and iter_parse. Everything else is below them."""
