"""The engine that runs durable jobs: claim, run steps, settle, undo; one idea per file."""

from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.engine.engine import Engine

__all__ = ["Engine", "Settled", "StepContext"]
