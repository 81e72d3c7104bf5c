"""Models made into what another engine computes."""
