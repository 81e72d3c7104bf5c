"""Judging by an inference model: does what the answer says entail a right or a wrong reference?"""
