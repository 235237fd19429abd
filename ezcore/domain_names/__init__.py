"""Domain names, what they cost, their DNS zones and certificates."""
