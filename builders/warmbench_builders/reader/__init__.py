"""Training the reader, the small model that the reader judge has beside the rules."""
