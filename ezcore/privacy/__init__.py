"""What a person may ask of us about their data: a copy of all of it, and that it be forgotten."""
