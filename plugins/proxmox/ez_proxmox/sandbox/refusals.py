"""Every way the imitated cluster says no, with Proxmox's own words.

Source of rules: message texts recorded in the vendor contract (qemu-server 9.2, pve-http-server).
Almost all refusals are HTTP 500; only the text tells them apart, so the texts must be exact.
"""

from __future__ import annotations


class Refusal(Exception):
    """An answer of status 400 and above: reason phrase, body message and per-parameter errors."""

    def __init__(self, status: int, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors or {}


def parameters(errors: dict[str, str]) -> Refusal:
    """Parameters that fail the schema."""
    return Refusal(400, "Parameter verification failed.\n", errors)


def missing(*names: str) -> Refusal:
    """Required parameters that were not sent."""
    return parameters(dict.fromkeys(names, "property is missing and it is not optional"))


def unknown(names: list[str]) -> Refusal:
    """Parameters that nobody knows."""
    text = "property is not defined in schema and the schema does not allow additional properties"
    return parameters(dict.fromkeys(names, text))


def bad_token() -> Refusal:
    """A wrong, expired or revoked token."""
    return Refusal(401, "Authentication failed!")


def no_ticket() -> Refusal:
    """No credential at all."""
    return Refusal(401, "No ticket")


def forbidden(path: str, privilege: str) -> Refusal:
    """A valid token without the privilege."""
    return Refusal(403, f"Permission check failed ({path}, {privilege})\n")


def no_config(node: str, vmid: int, kind: str = "qemu") -> Refusal:
    """No such guest on this node, perhaps because it moved to another."""
    folder = "lxc" if kind == "lxc" else "qemu-server"
    return Refusal(500, f"Configuration file 'nodes/{node}/{folder}/{vmid}.conf' does not exist\n")


def taken_here(vmid: int) -> Refusal:
    """Clone: the number is taken on this node."""
    return Refusal(500, f"unable to create VM {vmid}: config file already exists\n")


def taken_elsewhere(vmid: int, node: str, kind: str = "qemu") -> Refusal:
    """Clone, create: the number is taken on another node."""
    word = word_of(kind)
    return Refusal(500, f"unable to create {word} {vmid} - {word} {vmid} already exists on node '{node}'\n")


def word_of(kind: str) -> str:
    """How the texts call a guest."""
    return "CT" if kind == "lxc" else "VM"


def locked(lock: str, kind: str = "qemu") -> Refusal:
    """A clone, backup or migration holds the guest."""
    return Refusal(500, f"{word_of(kind)} is locked ({lock})\n")


def flock_timeout(vmid: int) -> Refusal:
    """Another change is being written."""
    return Refusal(500, lock_timeout_text(vmid) + "\n")


def lock_timeout_text(vmid: int) -> str:
    """The text of a lock timeout, as tasks end with it too."""
    return f"can't lock file '/var/lock/qemu-server/lock-{vmid}.conf' - got timeout"


def running(vmid: int, kind: str = "qemu") -> Refusal:
    """Only stopped guests can be deleted."""
    return Refusal(500, f"{word_of(kind)} {vmid} is running - destroy failed\n")


def protected(vmid: int) -> Refusal:
    """The administrator protects this guest."""
    return Refusal(500, f"can't remove VM {vmid} - protection mode enabled\n")


def not_running(vmid: int, kind: str = "qemu") -> Refusal:
    """Needs a running guest."""
    return Refusal(500, f"{word_of(kind)} {vmid} not running\n")


def agent_without_guest(vmid: int) -> Refusal:
    """Agent call to a stopped guest."""
    return Refusal(500, f"VM {vmid} is not running\n")


def no_agent() -> Refusal:
    """Agent call to a guest without agent."""
    return Refusal(500, "QEMU guest agent is not running\n")


def no_options() -> Refusal:
    """A change without changes."""
    return Refusal(500, "no options specified\n")


def stale_digest() -> Refusal:
    """Somebody else changed the configuration meanwhile."""
    return Refusal(500, "checksum mismatch (file change by other user?)\n")


def no_storage(name: str) -> Refusal:
    """Clone to a storage nobody knows."""
    return Refusal(500, f"storage '{name}' does not exist\n")


def storage_on_linked_clone() -> Refusal:
    """A linked clone stays where its template is."""
    return Refusal(500, "parameter 'storage' not allowed for linked clones\n")


def local_storage(node: str) -> Refusal:
    """Clone to another node needs shared storage."""
    return Refusal(500, f"can't clone VM to node '{node}' (VM uses local storage)\n")


def bad_ssh_key() -> Refusal:
    """A line that ssh-keygen does not understand."""
    # From memory of PVE::Tools (the server runs ssh-keygen on every line); not in the contract.
    return Refusal(500, "SSH public key validation error\n")


def not_implemented(method: str, path: str) -> Refusal:
    """An address or method nobody knows."""
    return Refusal(501, f"Method '{method} {path}' not implemented")


def node_unreachable() -> Refusal:
    """The node of the path does not answer the node we speak to."""
    return Refusal(595, "No route to host")


def ha_without_purge(vmid: int) -> Refusal:
    """Managed by high availability and no purge asked."""
    return Refusal(500, f"unable to remove VM {vmid} - used in HA resources and purge parameter not set.\n")
