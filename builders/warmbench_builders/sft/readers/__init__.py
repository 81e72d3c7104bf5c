"""Readers of chat logs: files in the common chat formats, and known data sets on the Hub.

Everything is streamed: no reader holds more than one chat (or one tree of them) at a time.
"""
