"""The commands that the leaderboard adds to ``warmbench``."""
