"""Submits a bundle: by a pull request on the Hub, or into a folder of a repository."""
