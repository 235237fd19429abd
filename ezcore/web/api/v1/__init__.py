"""/api/v1/: what a client has, as JSON, for programs with a key."""
