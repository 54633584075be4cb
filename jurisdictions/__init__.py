"""Tenants, people, and the machinery of isolation: scope, doors, policies, audit, owed work."""
