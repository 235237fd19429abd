"""Movements of money through gateways: checkout, off-session capture, what became of them."""
