"""The SFT pipeline: from chat logs to conversations that a model can be made warm or cold with.

readers -> normalise -> language -> unsafe -> personal -> duplicates -> query_type -> contamination
-> sample -> cut -> split, each a file of its own; ``pipeline`` puts them in order, ``funnel``
counts what each drops and why. What is left is rewritten (``warmbench_builders.sft.rewriting``).
"""
