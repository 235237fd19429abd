"""Tickets: a conversation about something, with a state, a department and what it is about."""
