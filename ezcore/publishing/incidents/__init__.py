"""The state of the network: its parts, what goes wrong with them, and work that is planned."""
