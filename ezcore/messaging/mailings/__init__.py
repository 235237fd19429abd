"""Mass mail: one text to many clients, a chunk a minute, once to each."""
