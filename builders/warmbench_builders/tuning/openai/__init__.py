"""Tuning a model of OpenAI's through its API."""
