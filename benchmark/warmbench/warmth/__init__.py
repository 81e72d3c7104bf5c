"""Warmth: how warm a text is, and how much warmer an arm answers than ``original``."""
