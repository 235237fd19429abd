"""Webhook inbox: store a verified message once, answer at once, process it by a job."""
