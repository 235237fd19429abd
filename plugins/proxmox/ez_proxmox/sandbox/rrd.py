"""Measured values of guests, as GET rrddata answers them: rates per second, gaps as missing keys.

Nothing is stored: the value of a moment follows from guest and moment. `/_control/guest` {"rrd": [...]} replaces
the lines of a guest, {"gap": [from, to]} cuts a hole (Unix seconds).
"""

from __future__ import annotations

import math
from typing import Final

from ezcore.plugin_api.sandbox import Document

MIB: Final = 1024**2
GIB: Final = 1024**3
POINTS: Final = 70
STEPS: Final = {"hour": 60, "day": 1800, "week": 10_800, "month": 43_200, "year": 604_800}


def lines(guest: Document, timeframe: str, now: float) -> list[Document]:
    """One line per step, oldest first; a moment in which the guest was off has a time and nothing else."""
    if guest.get("rrd") is not None:
        own: list[Document] = guest["rrd"]
        return own
    step = STEPS[timeframe]
    last = int(now) // step * step
    moments = range(last - (POINTS - 1) * step, last + step, step)
    return [_line(guest, moment) for moment in moments]


def _line(guest: Document, moment: int) -> Document:
    gap = guest.get("gap") or (0, 0)
    started = guest.get("started_at")
    if guest["status"] != "running" or gap[0] <= moment < gap[1] or (started and moment < int(started)):
        return {"time": moment}
    wave = (math.sin(moment / 3600 + guest["vmid"]) + 1) / 2
    memory = int(guest["config"].get("memory", 512)) * MIB
    return {
        "time": moment,
        "cpu": round(0.05 + 0.4 * wave, 6),
        "maxcpu": int(guest["config"].get("cores", 1)),
        "mem": round(memory * (0.3 + 0.2 * wave), 2),
        "maxmem": memory,
        "netin": round(20_000 + 60_000 * wave, 2),
        "netout": round(40_000 + 90_000 * wave, 2),
        "diskread": 1024.0,
        "diskwrite": round(8192 * wave, 2),
        "disk": 0,
        "maxdisk": 10 * GIB,
    }
