"""Tasks: a file each, and the registry that names them in order."""
