"""The ``openai`` engine: any OpenAI-compatible chat endpoint, many requests at once."""
