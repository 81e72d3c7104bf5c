"""Tuning: makes a model warm or cold on an SFT release, the same way for everyone.

``tune.tune`` trains LoRA adapters here, ``tune_openai.tune_openai`` has OpenAI's API do it.
"""
