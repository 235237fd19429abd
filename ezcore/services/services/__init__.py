"""Services themselves."""
