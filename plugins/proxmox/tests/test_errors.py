"""One table tells the texts of a cluster apart; every text we know of is placed on purpose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ez_proxmox.errors import Kind, failed_task, refusal

KNOWN = [
    (500, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist", Kind.NOT_FOUND),
    (500, "unable to create VM 100: config file already exists", Kind.TAKEN),
    (500, "unable to create VM 100 - VM 100 already exists on node 'pve2'", Kind.TAKEN),
    (400, "Parameter verification failed. vmid: VM 100 already exists", Kind.TAKEN),
    (400, "Parameter verification failed. upid: no such task", Kind.NOT_FOUND),
    (400, "Parameter verification failed.", Kind.PERMANENT),
    (500, "VM is locked (clone)", Kind.BUSY),
    (500, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", Kind.BUSY),
    (500, "VM 100 is running - destroy failed", Kind.BUSY),
    (500, "can't remove VM 100 - protection mode enabled", Kind.PERSON),
    (500, "parameter 'storage' not allowed for linked clones", Kind.PERMANENT),
    (500, "can't clone VM to node 'pve2' (VM uses local storage)", Kind.PERMANENT),
    (500, "can't clone to non-shared storage 'local-lvm'", Kind.PERMANENT),
    (500, "storage 'x' does not exist", Kind.PERMANENT),
    (500, "got no worker upid - start worker failed", Kind.UNKNOWN),
    (401, "Authentication failed!", Kind.DENIED),
    (403, "Permission check failed (/vms/100, VM.Clone)", Kind.DENIED),
    (501, "Method 'GET /x' not implemented", Kind.PERMANENT),
    (595, "No route to host", Kind.UNREACHABLE),
    (596, "Connection timed out", Kind.UNKNOWN),
    (429, "Too Many Requests", Kind.BUSY),
    (500, "something nobody has seen before", Kind.OTHER),
]


@pytest.mark.parametrize(("status", "text", "kind"), KNOWN, ids=[text[:40] for _, text, _ in KNOWN])
def test_a_text_means_what_the_table_says(status, text, kind):
    assert refusal(status, text, changes=True).kind is kind


def test_nothing_is_of_unknown_outcome_when_nothing_was_to_change():
    assert refusal(596, "Connection timed out", changes=False).kind is Kind.UNREACHABLE


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("shrinking disks is not supported", Kind.PERMANENT),
        ("disk 'scsi9' does not exist", Kind.PERMANENT),
        ("clone failed: unable to create image: got lock timeout - aborting command", Kind.BUSY),
        ("VM is locked (backup)", Kind.BUSY),
        ("VM 100 already running", Kind.ALREADY),
        ("start failed: QEMU exited with code 1", Kind.OTHER),
        ("unexpected status", Kind.OTHER),
        ("interrupted by signal", Kind.OTHER),
    ],
)
def test_the_end_of_a_task_means_what_the_table_says(end, kind):
    assert failed_task(end).kind is kind


@pytest.mark.skipif(
    "EZ_CONTRACTS" not in os.environ, reason="EZ_CONTRACTS names no folder of vendor contracts"
)
def test_no_text_of_the_vendor_contract_is_a_stranger():
    contract = json.loads(Path(os.environ["EZ_CONTRACTS"], "proxmox", "errors.json").read_text())
    strangers = []
    for line in contract["sync_errors"]:
        named = " ".join(f"{name}: {text}" for name, text in line.get("errors", {}).items())
        kind = refusal(line["status"], f"{line['message'].strip()} {named}", changes=True).kind
        if kind is Kind.OTHER:
            strangers.append(line["message"].strip())
    # Of calls that we never make: snapshots, pausing, agent calls.
    foreign = ("snapshot", "paused", "QEMU guest agent", "no options")
    assert [text for text in strangers if not text.startswith(("VM is paused", *foreign))] == []
