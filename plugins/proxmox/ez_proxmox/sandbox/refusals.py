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
    return Refusal(400, "Parameter verification failed.\n", errors)


def missing(*names: str) -> Refusal:
    return parameters(dict.fromkeys(names, "property is missing and it is not optional"))


def unknown(names: list[str]) -> Refusal:
    text = "property is not defined in schema and the schema does not allow additional properties"
    return parameters(dict.fromkeys(names, text))


def bad_token() -> Refusal:
    return Refusal(401, "Authentication failed!")


def no_ticket() -> Refusal:
    return Refusal(401, "No ticket")


def forbidden(path: str, privilege: str) -> Refusal:
    return Refusal(403, f"Permission check failed ({path}, {privilege})\n")


def no_config(node: str, vmid: int) -> Refusal:
    return Refusal(500, f"Configuration file 'nodes/{node}/qemu-server/{vmid}.conf' does not exist\n")


def taken_here(vmid: int) -> Refusal:
    return Refusal(500, f"unable to create VM {vmid}: config file already exists\n")


def taken_elsewhere(vmid: int, node: str) -> Refusal:
    return Refusal(500, f"unable to create VM {vmid} - VM {vmid} already exists on node '{node}'\n")


def locked(lock: str) -> Refusal:
    return Refusal(500, f"VM is locked ({lock})\n")


def flock_timeout(vmid: int) -> Refusal:
    return Refusal(500, lock_timeout_text(vmid) + "\n")


def lock_timeout_text(vmid: int) -> str:
    return f"can't lock file '/var/lock/qemu-server/lock-{vmid}.conf' - got timeout"


def running(vmid: int) -> Refusal:
    return Refusal(500, f"VM {vmid} is running - destroy failed\n")


def protected(vmid: int) -> Refusal:
    return Refusal(500, f"can't remove VM {vmid} - protection mode enabled\n")


def not_running(vmid: int) -> Refusal:
    return Refusal(500, f"VM {vmid} not running\n")


def agent_without_guest(vmid: int) -> Refusal:
    return Refusal(500, f"VM {vmid} is not running\n")


def no_agent() -> Refusal:
    return Refusal(500, "QEMU guest agent is not running\n")


def no_options() -> Refusal:
    return Refusal(500, "no options specified\n")


def stale_digest() -> Refusal:
    return Refusal(500, "checksum mismatch (file change by other user?)\n")


def no_storage(name: str) -> Refusal:
    return Refusal(500, f"storage '{name}' does not exist\n")


def storage_on_linked_clone() -> Refusal:
    return Refusal(500, "parameter 'storage' not allowed for linked clones\n")


def local_storage(node: str) -> Refusal:
    return Refusal(500, f"can't clone VM to node '{node}' (VM uses local storage)\n")


def bad_ssh_key() -> Refusal:
    # From memory of PVE::Tools (the server runs ssh-keygen on every line); not in the contract.
    return Refusal(500, "SSH public key validation error\n")


def not_implemented(method: str, path: str) -> Refusal:
    return Refusal(501, f"Method '{method} {path}' not implemented")


def node_unreachable() -> Refusal:
    return Refusal(595, "No route to host")


def ha_without_purge(vmid: int) -> Refusal:
    return Refusal(500, f"unable to remove VM {vmid} - used in HA resources and purge parameter not set.\n")
