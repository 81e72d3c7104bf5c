"""The ``ray`` engine: another engine on every machine of a cluster."""
