"""The bell and who answers it: Huey, carrying one word; the work itself is in the database."""
