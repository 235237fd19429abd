"""Event outbox: events are committed with the change and handed to subscribers afterwards."""
