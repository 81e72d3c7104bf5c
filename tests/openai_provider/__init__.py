"""What the stand-ins for OpenAI have in common: an account with files, faults to order, a server."""
