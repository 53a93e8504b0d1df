"""What generated classes and enumerations are made of, whatever is read or written."""
