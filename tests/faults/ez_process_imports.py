"""What every `ez worker` and `ez serve` imports, imported once in the server that their processes are forked from."""

import ez_acme.plugin
import ez_banktransfer
import ez_cloudflare.plugin
import ez_hestiacp.plugin
import ez_proxmox.plugin
import ez_stripe.plugin
import ez_zammad.plugin

import ezcore.cli.main
import ezcore.cli.serve
import ezcore.web
import ezcore.worker

__all__ = [
    "ez_acme",
    "ez_banktransfer",
    "ez_cloudflare",
    "ez_hestiacp",
    "ez_proxmox",
    "ez_stripe",
    "ez_zammad",
    "ezcore",
]
