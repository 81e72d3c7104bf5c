"""The builders' commands, registered through the entry points of ``warmbench.cli``."""
