"""Global search: what staff type in the box of the admin area, and the records it means."""
