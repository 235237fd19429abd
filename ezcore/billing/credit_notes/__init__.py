"""Credit notes: the only way an issued invoice is corrected."""
