"""Domain names at registries that speak EPP (RFC 5730-5734)."""
