"""Keys with which programs read what a client has."""
