"""Publishes a release on the Hugging Face Hub: in one commit with one tag."""
