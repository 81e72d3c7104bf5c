"""The leaderboard: the index of submissions, and the pages that show it."""
