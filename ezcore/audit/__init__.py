"""Append-only trail of who changed what, sealed into a hash chain."""
