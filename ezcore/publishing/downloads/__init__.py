"""Files that the shop hands out: to everybody, to clients, or to those who have a product."""
