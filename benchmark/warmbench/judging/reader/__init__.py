"""The reader: a small model that compares an answer with the references."""
