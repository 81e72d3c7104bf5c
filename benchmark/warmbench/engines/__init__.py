"""Engines: what answers the requests of a run. ``registry`` lists them."""
