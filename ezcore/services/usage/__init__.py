"""Usage: what services were reported to have used, and what of it is billed."""
