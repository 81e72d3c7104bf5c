"""The ``vllm`` engine: models in this process, adapters of one base side by side."""
