"""Texts as judges compare them: normalised words, numerals, vocabulary."""
