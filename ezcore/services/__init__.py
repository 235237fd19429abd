"""What clients rent: services, the servers they run on, the resources at vendors, and the lifecycle between."""
