"""Canned replies: what is written often, with places for what differs."""
