"""What the shop publishes: announcements, answers, the state of the network, files, and pages of its own."""
