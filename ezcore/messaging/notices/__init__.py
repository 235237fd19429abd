"""Notification rules of staff: when something happens, tell somebody by mail, in a chat or in the admin area."""
