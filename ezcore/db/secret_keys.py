"""Where the secret keys come from: settings, or a file made at the first start of the embedded profile."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ezcore.settings import KEY_LENGTH, Settings, SettingsError

FILE = "secret_keys"


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The keys of `EZ_SECRET_KEYS`, or of `<state_dir>/secret_keys` (mode 0600, made when it is missing).

    Raises: SettingsError when a key is too short.
    """
    given = settings.security.secret_keys or _kept(settings.state_dir / FILE)
    keys = tuple(key.strip() for key in given.replace("\n", ",").split(",") if key.strip())
    if not keys or any(len(key) < KEY_LENGTH for key in keys):
        raise SettingsError(
            "EZ_SECRET_KEYS needs keys of 32 characters or more; make one with: openssl rand -hex 32"
        )
    return keys


def _kept(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as out:
        key = secrets.token_hex(32)
        out.write(key + "\n")
    return key
