"""What staff and clients type is checked before any cluster sees it."""

from __future__ import annotations

import pytest
from ez_proxmox.settings import FirstServer, OrderSettings, ServerSettings
from pydantic import ValidationError

GOOD = {
    "api_url": "https://pve.example.test:8006",
    "token_id": "ez@pve!shop",
    "token_secret": "s",
    "template_vmid": 9000,
}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHNlY3JldCBidXQgMzIgYnl0ZXMgb2Yga2V5 ana+vps@example.test"


@pytest.mark.parametrize(
    "address", ["http://pve:8006", "pve:8006", "https://", "https://a:b@pve", "file:///etc/passwd"]
)
def test_a_cluster_is_reached_by_https_only(address):
    with pytest.raises(ValidationError):
        ServerSettings.model_validate({**GOOD, "api_url": address})


@pytest.mark.parametrize("token", ["root@pam", "root", "a b@pve!x", "ez@pve!x=secret"])
def test_a_token_is_named_by_user_realm_and_name(token):
    with pytest.raises(ValidationError):
        ServerSettings.model_validate({**GOOD, "token_id": token})


def test_a_shop_without_a_first_server_needs_no_settings():
    assert FirstServer().server() is None
    assert FirstServer.model_validate(GOOD).server() == ServerSettings.model_validate(GOOD)


def test_a_first_server_described_half_is_an_error():
    with pytest.raises(ValidationError):
        FirstServer(api_url="https://pve.example.test:8006").server()


def test_a_secret_is_not_shown():
    assert "hush" not in repr(ServerSettings.model_validate({**GOOD, "token_secret": "hush"}))


@pytest.mark.parametrize(
    "keys",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "ssh-ed25519",
        "ssh-ed25519 not-base64!",
        "ssh-rsa " + KEY.split()[1],
        'command="rm" ' + KEY,
        KEY + "\x07",
    ],
)
def test_what_is_not_a_public_key_is_refused(keys):
    with pytest.raises(ValidationError):
        OrderSettings(ssh_keys=keys)


def test_several_keys_may_be_given():
    assert OrderSettings(ssh_keys=f"\n{KEY}\n\n {KEY} \n").ssh_keys == f"{KEY}\n{KEY}"


@pytest.mark.parametrize("name", ["-x", "a..b", "a_b", "x; reboot", "a" * 64, "ünï"])
def test_a_host_name_is_one(name):
    with pytest.raises(ValidationError):
        OrderSettings(hostname=name)
