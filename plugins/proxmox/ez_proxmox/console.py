"""Opens the console of a machine: a ticket of the cluster, and the address of the WebSocket it is good for."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.workshop import Workshop, settings_of
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.looks import ConsoleTarget
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import Resource


def open_console(workshop: Workshop, server: ServerFacts, resource: Resource) -> ConsoleTarget:
    """Ask for a screen (RFB); containers have one too.

    Raises: PermanentFailure when the machine is gone, not ours or off; ProxmoxError.
    """
    settings = settings_of(server)
    with workshop.cluster(server) as cluster:
        guest = cluster.guest(
            int(resource.external_id), resource.location, str(resource.facts.get("kind", "qemu"))
        )
        if guest is None or not guest.is_for(resource.operation_key):
            raise PermanentFailure("the machine of this service is not on the cluster")
        if not cluster.is_running(guest):
            raise PermanentFailure("the machine is off; start it first")
        own = {} if guest.is_container else {"generate-password": 1}
        answer = cluster.api.post(f"{guest.path}/vncproxy", websocket=1, **own)
    if (
        not isinstance(answer, dict)
        or not answer.get("ticket")
        or not str(answer.get("port", "")).isdecimal()
    ):
        raise ProxmoxError(Kind.UNKNOWN, "the answer is no ticket of a console")
    address = urlsplit(settings.api_url)
    asked = urlencode({"port": str(answer["port"]), "vncticket": str(answer["ticket"])})
    base = f"wss://{address.netloc}{address.path.rstrip('/')}"
    return ConsoleTarget(
        url=f"{base}/api2/json/{guest.path}/vncwebsocket?{asked}",
        headers={
            "Authorization": f"PVEAPIToken={settings.token_id}={settings.token_secret.get_secret_value()}"
        },
        password=str(answer.get("password") or answer["ticket"]),
        ca_file=settings.ca_file or None,
        verify=settings.verify_ssl,
    )
