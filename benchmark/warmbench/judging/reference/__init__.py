"""The default judge."""
