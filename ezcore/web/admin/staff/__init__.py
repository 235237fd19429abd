"""/admin/staff/: who works here, who is invited, and which role may do what."""
