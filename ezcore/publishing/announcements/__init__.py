"""Announcements: news of the shop, from the moment that they are meant for."""
