"""The services behind the pages and forms: the board, verification, requests."""
