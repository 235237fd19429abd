"""Services whose recurring bills a gateway makes by itself, mirrored into our invoices and periods."""
