"""What is sold: product groups, products with feature rows, prices per cycle and currency, options, entitlements."""
