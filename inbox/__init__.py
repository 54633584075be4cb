"""One message owed to one person, in the app and by mail. A "notice" is always a safety notice, never this."""
