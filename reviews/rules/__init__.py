"""What may happen when: pure reading, no writes, no clock, no request. An empty list of problems means yes."""
