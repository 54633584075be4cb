"""Incidents from an agency's own file: reading it, mapping its columns, staging its rows, marking what to mend."""
