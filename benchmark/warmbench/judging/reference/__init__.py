"""The ``reference`` judge: verdicts from a question's references alone."""
