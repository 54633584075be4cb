"""The demo: six invented agencies, their people and their reviews, relative to the day of seeding."""
