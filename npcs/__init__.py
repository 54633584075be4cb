"""The composition root: it imports every app and is imported by none."""

# Whoever rings for work asks Celery for "the current app": that must be ours in every process, the web's too.
from npcs.celery import app as celery_app

__all__ = ["celery_app"]
