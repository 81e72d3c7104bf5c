"""The ``rules`` judge: verdicts from a question's references, by rules alone."""
