"""The SFT pipeline: from chat logs to conversations that make a model warm or cold.

readers -> normalise -> language -> unsafe -> personal -> duplicates -> contamination -> query_type
-> sample, each in a file; ``pipeline`` runs them in this order, ``drop_counts`` counts what each
drops and why. What is left is rewritten (``warmbench_builders.sft.rewriting``).
"""
