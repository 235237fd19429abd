"""Invoices: draft, unpaid, paid, cancelled, refunded (overdue is derived)."""
