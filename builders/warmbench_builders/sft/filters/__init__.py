"""What a chat must pass before it is rewritten, a filter a file."""
