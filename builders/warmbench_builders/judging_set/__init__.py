"""Labelled answers to measure judges on, and to build them with."""
