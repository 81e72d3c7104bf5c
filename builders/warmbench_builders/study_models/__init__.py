"""The five study models: from the paper's cell tables to published studies with paired counts."""
