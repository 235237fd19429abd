"""Processes over many nouns: renewals, charges, reminders, suspensions, cancellations, terminations, upkeep."""
