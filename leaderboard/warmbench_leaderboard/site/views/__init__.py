"""Views: pure functions from the board and an address to what a page shows, one file per page."""
