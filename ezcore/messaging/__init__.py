"""Mail that leaves the house: templates, the outbox of intents, and the job that hands them over."""
