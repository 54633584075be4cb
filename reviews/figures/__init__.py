"""Yearly figures of an agency: what they are called, how a file says them, and reading it."""
