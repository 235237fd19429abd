"""DNS zones and their records at any provider."""
