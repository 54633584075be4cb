"""Incidents, reviews, imports and review reports for other software: the actions and refusals of the pages, as JSON."""
