"""Funds: a client pays ahead, by an invoice that becomes credit when it is paid."""
