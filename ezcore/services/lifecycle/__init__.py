"""Lifecycle actions: create, suspend, unsuspend, terminate, each a durable job of its module's steps."""
