"""From a judged run to its results: score, gate, comparison, the paper's analysis."""
