"""Worker processes for untrusted files: they may crash, hang or run out of memory."""
