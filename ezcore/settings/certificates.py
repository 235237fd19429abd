"""How proofs of certificates are looked up."""

from __future__ import annotations

import re

from pydantic import field_validator

from ezcore.settings.section import Section, setting

_SERVER = re.compile(r"[0-9.]{7,15}(:[0-9]{1,5})?")


class Certificates(Section):
    """How proofs of certificates are looked up before an authority is asked."""

    resolver: str = setting(
        "system",
        "Who is asked whether a proof is visible: system (the zone's own nameservers), none (nobody), "
        "or DNS servers as address:port",
    )

    @field_validator("resolver")
    @classmethod
    def _known(cls, value: str) -> str:
        words = value.replace(",", " ").split()
        if value not in ("system", "none") and not (words and all(_SERVER.fullmatch(word) for word in words)):
            raise ValueError("write system, none, or servers such as 192.0.2.1:53")
        return value
