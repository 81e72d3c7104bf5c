"""The tone bias of a judge: what kind or cold sentences around one answer do to its verdict."""
