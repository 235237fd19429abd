"""What the actions ask for. Each is a form of its own; what is wrong is said by the name of its field."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ez_proxmox.settings import HOST_NAME
from ez_proxmox.ssh_keys import checked_ssh_keys

SNAPSHOT: Final = r"^[A-Za-z][A-Za-z0-9_-]{1,39}$"
VOLUME: Final = r"^[A-Za-z][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._:/-]*$"
PORTS: Final = re.compile(r"\d{1,5}(:\d{1,5})?(,\d{1,5}(:\d{1,5})?){0,14}")
MARK: Final = r"^ez-[0-9a-f]{12}$"


class Input(BaseModel):
    """Parent of all inputs."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSnapshot(Input):
    """A name for a snapshot; empty: we make one."""

    name: str = Field(
        default="",
        title="Name",
        pattern=rf"^$|{SNAPSHOT}",
        description="Letters, digits, - and _; may be empty",
    )

    @field_validator("name")
    @classmethod
    def _not_the_present(cls, value: str) -> str:
        if value.lower() in ("current", "pending"):
            raise ValueError("this name has a meaning of its own; choose another")
        return value


class SnapshotName(Input):
    """A snapshot that exists."""

    name: str = Field(title="Snapshot", pattern=SNAPSHOT)


class BackupName(Input):
    """A backup that exists."""

    volume: str = Field(title="Backup", pattern=VOLUME, max_length=255)

    @field_validator("volume")
    @classmethod
    def _no_climbing(cls, value: str) -> str:
        if ".." in value or "//" in value:
            raise ValueError("this is no backup")
        return value


class Reinstallation(Input):
    """Who gets in afterwards."""

    ssh_keys: str = Field(
        default="",
        title="SSH public keys",
        max_length=16_384,
        description="One per line. Empty: those of the order, else a new one-time password.",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )

    @field_validator("ssh_keys")
    @classmethod
    def _public_keys(cls, value: str) -> str:
        return "\n".join(checked_ssh_keys(value))


class ReverseName(Input):
    """The name that an address shall have in reverse DNS."""

    address: str = Field(title="Address", max_length=45, description="Empty: the first one", default="")
    name: str = Field(
        title="Host name", max_length=253, description="mail.example.com; it must lead to the address"
    )

    @field_validator("address")
    @classmethod
    def _ip(cls, value: str) -> str:
        try:
            return str(ipaddress.ip_address(value.strip())) if value.strip() else ""
        except ValueError:
            raise ValueError("write an IP address") from None

    @field_validator("name")
    @classmethod
    def _host_name(cls, value: str) -> str:
        name = value.strip().lower().rstrip(".")
        if not HOST_NAME.fullmatch(name) or "." not in name:
            raise ValueError("write a whole host name such as mail.example.com")
        return name


class NewRule(Input):
    """A rule of the firewall; the newest comes first."""

    direction: Literal["in", "out"] = Field(default="in", title="Direction")
    action: Literal["ACCEPT", "DROP", "REJECT"] = Field(default="ACCEPT", title="What happens")
    protocol: Literal["any", "tcp", "udp", "icmp"] = Field(default="tcp", title="Protocol")
    port: str = Field(default="", title="Ports", description="443 or 8000:8100 or 80,443; tcp and udp only")
    source: str = Field(
        default="", title="From", description="Address or network; empty: everybody", max_length=50
    )

    @field_validator("port")
    @classmethod
    def _ports(cls, value: str) -> str:
        ports = value.replace(" ", "").replace("-", ":")
        if ports and not PORTS.fullmatch(ports):
            raise ValueError("write ports such as 443, 8000:8100 or 80,443")
        if any(not 0 < int(number) < 65_536 for number in re.findall(r"\d+", ports)):  # noqa: PLR2004 - ports
            raise ValueError("ports go from 1 to 65535")
        return ports

    @field_validator("source")
    @classmethod
    def _network(cls, value: str) -> str:
        try:
            return str(ipaddress.ip_network(value.strip(), strict=False)) if value.strip() else ""
        except ValueError:
            raise ValueError("write an address or a network such as 192.0.2.0/24") from None


class RuleMark(Input):
    """A rule that one of our actions made."""

    mark: str = Field(title="Rule", pattern=MARK)


class Policy(Input):
    """What happens to what no rule speaks of."""

    incoming: Literal["ACCEPT", "DROP", "REJECT"] = Field(default="ACCEPT", title="What comes in")
