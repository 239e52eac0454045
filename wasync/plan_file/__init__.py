"""The plan as a document: `form` writes it, `reader` reads it back."""
