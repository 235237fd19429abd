"""Quotes: what something would cost, sent to a client, who accepts it and gets the invoice."""
