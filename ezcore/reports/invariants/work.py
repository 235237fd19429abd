"""Queries about services, jobs and stock that must give no row."""

from __future__ import annotations

from typing import Final

WORK: Final[dict[str, tuple[str, str]]] = {
    "I17": (
        "each live resource belongs to one service",
        """
        SELECT service_id
        FROM service_resource
        WHERE removed_at IS NULL
        GROUP BY service_id
        HAVING COUNT(*) > 1
        """,
    ),
    "I22": (
        "a failed job has an open staff task",
        """
        SELECT j.id
        FROM job j
        WHERE j.state IN ('failed', 'needs_info') AND NOT EXISTS (SELECT 1
        FROM staff_task t
        WHERE t.job_id = j.id AND t.closed_at IS NULL)
        """,
    ),
    "I24": (
        "a service that waits for an action has an open job",
        """
        SELECT s.id
        FROM service s
        WHERE s.open_action IS NOT NULL AND NOT EXISTS (SELECT 1
        FROM job j
        WHERE j.subject_kind = 'service' AND j.subject_id = s.id AND j.state IN ('queued', 'running',
        'needs_info'))
        """,
    ),
    "I28": (
        "a promotion counts its uses, and is used at most as often as allowed",
        """
        SELECT p.id
        FROM promotion p
        LEFT JOIN (SELECT promotion_id, COUNT(*) AS n FROM promotion_use WHERE given_back_at IS NULL
        GROUP BY promotion_id) u ON u.promotion_id = p.id
        WHERE p.used <> COALESCE(u.n, 0) OR p.used > p.max_uses
        """,
    ),
    "I29": (
        "stock never falls below zero",
        """
        SELECT id
        FROM product
        WHERE stock < 0
        """,
    ),
}
