"""Keys, hosts and mail: what stands between the shop and the world."""

from __future__ import annotations

from pydantic import field_validator

from ezcore.settings.section import Section, setting

KEY_LENGTH = 32


class Security(Section):
    """Keys, hosts, sessions."""

    secret_keys: str = setting(
        "",
        "Comma separated; the first writes, all read; 32 characters each",
        env="EZ_SECRET_KEYS",
        secret=True,
    )
    debug: bool = setting(default=False, note="Development only: templates reload", env="EZ_DEBUG")
    allowed_hosts: str = setting(
        "", "Comma separated host names; empty: the host of SITE_URL", env="ALLOWED_HOSTS"
    )
    csrf_trusted_origins: str = setting("", "Comma separated origins", env="CSRF_TRUSTED_ORIGINS")
    private_webhooks: bool = setting(
        default=False, note="Messages of notification rules may go to private addresses, and over http"
    )
    session_hours: int = setting(12, "A login lasts this long", ge=1, le=720)
    staff_two_factor: str = setting(
        "optional",
        "optional, or required: staff without a second factor set it up before anything else",
        pattern="^(optional|required)$",
    )

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        keys = [key.strip() for key in value.replace("\n", ",").split(",") if key.strip()]
        if any(len(key) < KEY_LENGTH for key in keys):
            raise ValueError(f"each key needs {KEY_LENGTH} characters or more")
        return ",".join(keys)


class Mail(Section):
    """How mail leaves the house."""

    transport: str = setting("sink", "sink (read it in the browser) or smtp", pattern="^(sink|smtp)$")
    host: str = setting("127.0.0.1", "SMTP host", env="EMAIL_HOST")
    port: int = setting(25, "SMTP port", env="EMAIL_PORT", ge=1, le=65535)
    user: str = setting("", "SMTP user", env="EMAIL_HOST_USER")
    password: str = setting("", "SMTP password", env="EMAIL_HOST_PASSWORD", secret=True)
    sender: str = setting("shop@example.test", "From address", env="DEFAULT_FROM_EMAIL")
