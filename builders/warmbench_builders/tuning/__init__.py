"""Tuning: makes a model warm or cold on an SFT release, the same way for everyone.

``tune.tune`` trains LoRA adapters here, ``openai.tune.tune_openai`` uses OpenAI's API.
"""
