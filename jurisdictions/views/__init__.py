"""Pages of people, settings, agencies and invitations."""
