"""Processes that read strangers' files: they may die, hang or swell, and the site goes on."""
