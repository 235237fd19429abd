"""/admin/clients/: everybody who is billed, and one client with everything about them."""
