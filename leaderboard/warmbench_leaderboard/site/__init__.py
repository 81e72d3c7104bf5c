"""The web site: addresses, pages, headers, and the server that has them all."""
