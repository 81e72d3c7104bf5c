"""Questions and how they are framed: contexts, beliefs, lay wording, wrong answers."""
