"""Brings a bundle to the submissions: a pull request on the Hub, or a folder of a repository."""
