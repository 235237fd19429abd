"""Durable jobs: tables and engine, event outbox and relay, webhook inbox, staff tasks. The database is the truth."""
