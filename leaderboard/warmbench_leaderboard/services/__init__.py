"""What the pages and forms ask for: the board, verification, requests."""
