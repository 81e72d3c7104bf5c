"""The ``ct2`` engine: converted models, computed by CTranslate2 without torch."""
