"""Options of products: what a buyer is asked."""
