"""The Hugging Face Hub: its client, dataset repositories, errors, and downloads."""
