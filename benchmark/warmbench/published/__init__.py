"""Published studies: what a paper printed of each cell, and the score that follows from it."""
