"""Billable items: what staff note down now and what is invoiced later: with the next invoice, on a date, each month."""
