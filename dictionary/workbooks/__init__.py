"""Workbooks: written for people to open, and read from people whom nobody knows."""
