"""Tickets that staff answer in Zammad."""
