"""The ``hf`` engine: transformers in this process."""
