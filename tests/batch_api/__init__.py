"""OpenAI's Files and Batch API on loopback, for tests: what a batch needs, with faults to order."""
