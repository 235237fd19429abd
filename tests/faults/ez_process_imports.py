"""What every `ez worker` and `ez serve` imports, imported once in the server that their processes are forked from."""

import ez_banktransfer
import ez_proxmox.plugin
import ez_stripe.plugin

import ezcore.cli.main
import ezcore.cli.serve
import ezcore.web
import ezcore.worker

__all__ = ["ez_banktransfer", "ez_proxmox", "ez_stripe", "ezcore"]
