"""The report: one page with the numbers, the pictures and sample answers."""
