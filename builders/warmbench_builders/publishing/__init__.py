"""Publishes a release on the Hugging Face Hub: one commit and one tag, or nothing."""
