"""Payments that the payer's bank disputes: money withdrawn, invoices owed again, won and lost."""
