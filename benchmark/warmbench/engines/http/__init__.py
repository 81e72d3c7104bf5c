"""What every HTTP engine shares: how many requests at once, retries, keys, what a request may cost."""
