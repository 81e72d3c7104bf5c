"""Tunes one of OpenAI's models through its API."""
