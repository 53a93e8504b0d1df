"""Advice on a schema: what its author would want to know, though it is correct.

lint_rules     the rules, a table in `lint_rules.toml`
advice         what a rule finds in a schema: `Advice`, with the place and sometimes a fix
checks         the checks of patterns, over the schemas as binding uses them
reachability   definitions and includes that nothing reaches, over the grammars as they are written
linting        all checks over several schemas
fixing         fixes in the text of schema files, written only where the result is proven
"""

from .advice import Advice
from .linting import lint_schemas

__all__ = ["Advice", "lint_schemas"]
