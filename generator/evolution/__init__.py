"""What a change of a schema breaks: documents, and Python code written against the generated package."""
