"""Contacts of a client: addresses without a login that get copies of its mails."""
