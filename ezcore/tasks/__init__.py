"""The bell and who answers it: Huey, made from settings, carrying one word; the work itself is in the database."""
