"""Where submissions are stored: a folder, or a repository on the Hub."""
