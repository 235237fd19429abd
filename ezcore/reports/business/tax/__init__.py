"""Tax by country: what was charged, less what credit notes and cancellations took back."""
