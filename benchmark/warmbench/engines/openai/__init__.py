"""The ``openai`` engine: any OpenAI-compatible chat endpoint."""
