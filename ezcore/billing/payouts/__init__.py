"""Money that gateways send to our bank account."""
