"""The web site: pages, forms, API, and the server."""
