"""Stripe for ezcore: hosted checkout, stored cards charged off-session, refunds, webhooks, and a sandbox."""

from __future__ import annotations

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API this plugin is written for; webhook endpoints must be pinned to it."""
