"""Whom a mailing goes to: clients by what they rent and where they live."""
