"""The paper's analysis: McNemar tests and logistic models, with errors that respect questions."""
