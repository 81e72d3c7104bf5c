"""What every HTTP engine shares. An engine of its own gives a ``ChatAPI``; see ``anthropic.py``."""
