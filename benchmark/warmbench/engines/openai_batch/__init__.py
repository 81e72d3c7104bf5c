"""The ``openai-batch`` engine: batches of requests, answered within a day at half the price."""
