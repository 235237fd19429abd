"""What a paid product allows, as rows of its own."""
