"""Where submissions are kept: a folder or a repository on the Hub."""
