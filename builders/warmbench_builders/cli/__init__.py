"""The builders' commands, registered through the entry-point group ``warmbench.commands``."""
