"""Revenue: what was invoiced and what came in, month by month, as the books have it."""
