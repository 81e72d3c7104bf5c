"""The reference model: a small language model that is taught the open pool, from scratch.

``python -m warmbench_builders.reference_model --out DIR`` does it all (extra ``reference``):
lessons -> tokenizer -> training -> conversion -> measurement -> model card. It has seen the
training framings only, so what the released framings do to it is open.
"""
