"""Durable jobs: tables and engine, outbox, webhook inbox, staff tasks. The database is the truth."""
