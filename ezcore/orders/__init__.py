"""What is asked for: carts, estimates, checkout, orders, and fulfilment after payment."""
