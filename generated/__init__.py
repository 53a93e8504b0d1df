"""Packages that ``relaxgen generate`` made from the schemas under ``schemas/``. Each stands alone; none is edited."""
