"""A real IMAP server, dovecot, on loopback with users of its own; mail is delivered by writing into its maildirs."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PASSWORD = "heron lake 77"
USERS = 40
SECONDS = 20
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/tls.crt
ssl_key = <{folder}/tls.key
ssl_client_ca_file =
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {login}
default_internal_group = {group}
default_login_user = {login}
default_process_limit = 20
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail_group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    """The server. `new_user` gives a mailbox that nobody has used; `deliver` puts a mail into it.

    It speaks STARTTLS on `port` and TLS on `tls_port`, with a certificate for 127.0.0.1 that vouches for itself.
    """

    folder: Path
    port: int
    tls_port: int
    owner: tuple[int, int]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_user(self) -> str:
        """The name of an empty mailbox."""
        return f"desk{next(self._numbers)}"

    def deliver(self, user: str, raw: bytes) -> None:
        """As a mail server does: written beside, then moved into `new`."""
        home = self.folder / "mail" / user
        for name in ("tmp", "new", "cur"):
            (home / name).mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}.{next(self._numbers)}.test"
        (home / "tmp" / name).write_bytes(raw)
        for path in (home, *home.iterdir(), home / "tmp" / name):
            os.chown(path, *self.owner)
        (home / "tmp" / name).rename(home / "new" / name)

    def flags(self, user: str, folder: str = "") -> list[str]:
        """The flags of every mail in a folder, `S` for seen; a mail that no program has looked at has none."""
        home = self.folder / "mail" / user / (f".{folder}" if folder else "")
        names = sorted(path.name for part in ("new", "cur") for path in (home / part).glob("*"))
        return [name.partition(":2,")[2] for name in names]


def dovecot() -> str | None:
    """The program, where it is installed."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def _names(folder: Path, port: int) -> tuple[dict[str, object], tuple[int, int]]:
    """As root, dovecot reads mail as `mail` and answers logins as its own user; else everything is one's own."""
    if os.geteuid() == 0:
        mail, login = pwd.getpwnam("mail"), "dovenull" if _is_user("dovenull") else "nobody"
        facts = {"login": login, "group": grp.getgrgid(pwd.getpwnam(login).pw_gid).gr_name}
    else:
        mail = pwd.getpwuid(os.geteuid())
        facts = {"login": getpass.getuser(), "group": grp.getgrgid(mail.pw_gid).gr_name}
    owner = (mail.pw_uid, mail.pw_gid)
    return facts | {"folder": folder, "port": port, "mail": owner[0], "mail_group": owner[1]}, owner


def _is_user(name: str) -> bool:
    return any(one.pw_name == name for one in pwd.getpwall())


@pytest.fixture(scope="session")
def imap_server() -> Iterator[ImapServer]:
    """dovecot with a configuration and users of its own; left out, or failed in CI, where it is not installed."""
    program = dovecot()
    if program is None:
        if os.environ.get("EZ_CI") == "1":
            pytest.fail("CI needs dovecot (apt: dovecot-imapd)", pytrace=False)
        pytest.skip("left out: dovecot is not installed here (apt: dovecot-imapd)")
    # A short path, for the sockets; and into a folder of pytest's the server's users may not look.
    folder = Path(tempfile.mkdtemp(prefix="ez-imap-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
        port, tls_port = free.getsockname()[1], other.getsockname()[1]
    facts, owner = _names(folder, port)
    facts["tls_port"] = tls_port
    _certify(folder)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", *owner)
    users = (f"desk{number}:{PASSWORD}\n" for number in range(1, USERS))
    (folder / "users").write_text("".join(users))
    (folder / "users").chmod(0o644)
    (folder / "dovecot.conf").write_text(CONFIG.format_map(facts))
    process = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait(port, process, folder)
        yield ImapServer(folder, port, tls_port, owner)
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _certify(folder: Path) -> None:
    """A certificate for 127.0.0.1, valid for a day, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server of tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.crt").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(SECONDS * 10):
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as found:
                found.settimeout(5)
                if found.recv(10).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.1)
    log = folder / "dovecot.log"
    raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else process.stderr}")
