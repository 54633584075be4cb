"""The verbs of a review: one transaction, a named person, an audit row, and what is owed to whom."""
