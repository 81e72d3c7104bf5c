"""The Hugging Face Hub as a place to write to: a client that gives up, and one that asks again."""
