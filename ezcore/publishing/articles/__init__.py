"""The knowledge base: answers in categories, what readers thought of them, and finding them."""
