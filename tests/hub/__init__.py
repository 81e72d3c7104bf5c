"""A small Hugging Face Hub that lives in a folder and answers on loopback, for tests."""
