"""Orders and the checkout that places them."""
