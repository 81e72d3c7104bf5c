"""What every HTTP engine shares: requests at once, retries, keys, what a request may cost."""
