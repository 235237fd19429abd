"""Money given back: to the gateway it came from, to the client's credit, or by hand."""
