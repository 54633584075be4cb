"""The verbs of agencies and their people: one transaction, a named person, an audit row, and what is owed."""
