"""Starts and stops processes for the demo and the tests. No app imports it; production does without."""
