"""The composition root: it imports every app and is imported by none."""
