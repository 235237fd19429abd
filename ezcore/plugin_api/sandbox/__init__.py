"""The kit from which plugins build small, stateful imitations of their vendors.

An imitation is spoken to by the vendor's real client library over loopback HTTP(S), or in process by the
simulation. A plugin writes handlers and documents; the kit gives it a store that survives a restart, one
vocabulary of faults, a masked call log, a server that can lose an answer after the effect, and a certificate
authority of its own.
"""

from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.sandbox.faults import FAULT_KINDS, Fault, Faults
from ezcore.plugin_api.sandbox.in_process import CardKind, GatewayInProcess, InProcess, Pause, Post, Send
from ezcore.plugin_api.sandbox.messages import SandboxRequest, SandboxResponse, json_response, text_response
from ezcore.plugin_api.sandbox.server import RunningServer, serve
from ezcore.plugin_api.sandbox.shifted_clock import SandboxClock
from ezcore.plugin_api.sandbox.spec import SandboxOptions, SandboxSpec
from ezcore.plugin_api.sandbox.store import Document, Store
from ezcore.plugin_api.sandbox.tls import make_ca, server_context
from ezcore.plugin_api.sandbox.wsgi import LoseAnswer, SandboxApp

__all__ = [
    "FAULT_KINDS",
    "CardKind",
    "Document",
    "Fault",
    "Faults",
    "GatewayInProcess",
    "InProcess",
    "LoseAnswer",
    "MovingClock",
    "Pause",
    "Post",
    "RunningServer",
    "SandboxApp",
    "SandboxClock",
    "SandboxOptions",
    "SandboxRequest",
    "SandboxResponse",
    "SandboxSpec",
    "Send",
    "Store",
    "json_response",
    "make_ca",
    "serve",
    "server_context",
    "text_response",
]
