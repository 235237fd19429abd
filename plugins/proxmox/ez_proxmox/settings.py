"""What staff and clients fill in: the cluster to talk to, the size of a product, the wishes of an order."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from ez_proxmox.pools import Pool, parse_pools
from ez_proxmox.ssh_keys import checked_ssh_keys

HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
Vmid = Annotated[int, Field(ge=100, le=999_999_999)]
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$|^$"
MOST_EXTRA: Final = 32


class ServerSettings(BaseModel):
    """A Proxmox VE cluster. Pools of addresses are written one per line: ``192.0.2.0/26,gw=192.0.2.1``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = Field(title="API address", description="https://pve.example.com:8006")
    token_id: str = Field(
        title="API token", description="user@realm!name", pattern=r"^[^@\s]+@[^!\s]+![^=\s]+$"
    )
    token_secret: SecretStr = Field(title="API token secret")
    verify_ssl: bool = Field(default=True, title="Check the certificate")
    ca_file: str = Field(
        default="", title="CA file", description="Own certificate authority (path of a PEM file)"
    )
    template_vmid: Vmid = Field(title="Template", description="VMID of the cloud-init template")
    node: str = Field(
        default="", title="Node", pattern=NAME, description="Where clones go; empty: beside the template"
    )
    storage: str = Field(
        default="", title="Storage", pattern=NAME, description="Makes full clones to this storage"
    )
    container_storage: str = Field(
        default="",
        title="Storage of containers",
        pattern=NAME,
        description="For their disks; empty: no containers",
    )
    backup_storage: str = Field(
        default="", title="Storage of backups", pattern=NAME, description="Empty: no backups are offered"
    )
    bridge: str = Field(default="vmbr0", title="Bridge", pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")
    vlan: int | None = Field(default=None, title="VLAN", ge=1, le=4094)
    firewall: bool = Field(default=True, title="Fence machines in", description="Own addresses only")
    pools: str = Field(
        default="",
        title="Address pools",
        description="One per line; empty: DHCP",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )
    nameservers: str = Field(default="", title="Name servers", description="Separated by spaces")
    search_domain: str = Field(default="", title="Search domain")
    resource_pool: str = Field(default="", title="Proxmox pool", pattern=NAME)
    timeout: float = Field(default=20, title="Seconds per call", ge=1, le=120)

    @field_validator("api_url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if not value.strip() and not cls.model_fields["api_url"].is_required():
            return ""
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("write the address as https://host:8006")
        return value.strip().rstrip("/")

    @field_validator("pools")
    @classmethod
    def _readable_pools(cls, value: str) -> str:
        parse_pools(value)
        return value

    @property
    def address_pools(self) -> list[Pool]:
        """The pools, read."""
        return parse_pools(self.pools)


class FirstServer(ServerSettings):
    """The plugin's own settings: the first cluster. Empty until an address is given."""

    api_url: str = Field(default="", title="API address", description="https://pve.example.com:8006")
    token_id: str = Field(default="", title="API token", pattern=r"^$|^[^@\s]+@[^!\s]+![^=\s]+$")
    token_secret: SecretStr = Field(default=SecretStr(""), title="API token secret")
    template_vmid: Vmid = Field(default=9000, title="Template", description="VMID of the cloud-init template")

    def server(self) -> ServerSettings | None:
        """The server described here, if any. Raises: ValidationError when it is described half."""
        return ServerSettings.model_validate(self.model_dump()) if self.api_url else None


class ProductSettings(BaseModel):
    """What a product sells: kind, size, addresses, place. Configurable options may set each of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["qemu", "lxc"] = Field(
        default="qemu", title="Kind", description="qemu: virtual machine, lxc: container"
    )
    cores: int = Field(default=1, title="CPU cores", ge=1, le=128)
    memory_mb: int = Field(default=1024, title="Memory (MiB)", ge=128, le=4_194_304)
    disk_gb: int = Field(default=10, title="Disk (GiB)", ge=1, le=65_536)
    template_vmid: Vmid | None = Field(
        default=None, title="Template", description="Instead of the server's own"
    )
    user: str = Field(default="debian", title="User name", pattern=r"^[a-z_][a-z0-9_-]{0,31}$")
    swap_mb: int = Field(default=512, title="Swap of containers (MiB)", ge=0, le=1_048_576)
    container_template: str = Field(
        default="",
        title="Template of containers",
        description="local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst",
        pattern=r"^$|^[A-Za-z][A-Za-z0-9._-]*:vztmpl/[A-Za-z0-9._-]+$",
        max_length=255,
    )
    node: str = Field(
        default="", title="Node", pattern=NAME, description="Location; empty: the server's own choice"
    )
    extra_ips: int = Field(default=0, title="More IPv4 addresses", ge=0, le=MOST_EXTRA)
    snapshots: int = Field(default=3, title="Snapshots at most", ge=0, le=50)
    backups: int = Field(default=3, title="Backups at most", ge=0, le=100)


class OrderSettings(BaseModel):
    """What the client is asked when ordering."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hostname: str = Field(default="", title="Host name", max_length=253)
    ssh_keys: str = Field(
        default="",
        title="SSH public keys",
        max_length=16_384,
        description="One per line. Without a key you get a one-time password.",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )

    @field_validator("hostname")
    @classmethod
    def _host_name(cls, value: str) -> str:
        name = value.strip().lower().rstrip(".")
        if name and not HOST_NAME.fullmatch(name):
            raise ValueError("use letters, digits, hyphens and dots")
        return name

    @field_validator("ssh_keys")
    @classmethod
    def _public_keys(cls, value: str) -> str:
        return "\n".join(checked_ssh_keys(value))
