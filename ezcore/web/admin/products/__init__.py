"""/admin/products/: what is sold, at which prices, with which options and add-ons."""
