"""Support times: how long clients waited for an answer, and how long tickets stood open."""
