"""The page on which one rater labels answers, served to this machine alone."""
