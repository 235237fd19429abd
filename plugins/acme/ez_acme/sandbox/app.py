"""The imitated authority as a WSGI application (RFC 8555: directory to revocation).

Names of calls in faults and in the call log: directory new_nonce new_account new_order order authorization challenge
finalize certificate revoke. Handler faults: `late_failure` on `challenge` (args.detail: the authority does not
believe the proof) and on `finalize`; `stale_read` on `finalize` (`processing` for args.seconds).
`options.extra`: `days` (life of a certificate, 90), `proofs` (`trust`: every proof is believed; `told`: only what
`POST /_control/txt` {"name", "values"} has published).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from josepy.json_util import decode_b64jose, encode_b64jose
from josepy.jwk import JWK

from ez_acme.sandbox import issuing
from ez_acme.sandbox.refusals import Refusal, problem
from ez_acme.sandbox.signed import Signed, nonce, opened
from ezcore.plugin_api.sandbox import (
    Document,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
)
from ezcore.plugin_api.sandbox import json_response as as_json
from ezcore.plugin_api.sandbox.faults import Fault

PROBLEM: Final = "application/problem+json"


class AcmeSandbox(SandboxApp):
    """A small authority that forgets nothing when it is killed."""

    name = "acme"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self._days = int(options.extra.get("days", "90"))
        self._told = options.extra.get("proofs", "trust") == "told"
        self.route("POST", "/_control/txt", self._publish)
        self.route("GET", "/directory", self._directory, "directory")
        self.route("HEAD", "/nonce", self._nonce, "new_nonce")
        self.route("GET", "/nonce", self._nonce, "new_nonce")
        for path, call in (("/account", "new_account"), ("/order", "new_order"), ("/revoke", "revoke")):
            self.route("POST", path, getattr(self, f"_{call}"), call)
        for path, call in (
            ("/account/{id}", "account"), ("/order/{id}", "order"), ("/authorization/{id}", "authorization"),
            ("/challenge/{id}", "challenge"), ("/finalize/{id}", "finalize"), ("/certificate/{id}", "certificate"),
        ):  # fmt: skip
            self.route("POST", path, getattr(self, f"_{call}"), call)

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """Too many orders."""
        answer = self._problem(problem("rateLimited", "too many certificates already issued", 429))
        return replace(
            answer, headers=(*answer.headers, ("Retry-After", str(fault.args.get("retry_after", 1))))
        )

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """An account that was deactivated."""
        return self._problem(problem("unauthorized", "account is deactivated", 401))

    def not_found(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """An address nobody knows."""
        return self._problem(problem("malformed", "page not found", 404))

    def refused(self, error: Exception) -> SandboxResponse | None:
        """A refusal, with the fresh nonce every answer carries."""
        return self._problem(error.problem) if isinstance(error, Refusal) else None

    def _problem(self, document: dict[str, Any]) -> SandboxResponse:
        headers = (("Replay-Nonce", nonce(self.store)),)
        return replace(as_json(document, document["status"], headers), content_type=PROBLEM)

    def _answer(self, value: Any, status: int = 200, *headers: tuple[str, str]) -> SandboxResponse:
        return as_json(value, status, (("Replay-Nonce", nonce(self.store)), *headers))

    def _publish(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        self.store.put("txt", given["name"], {"values": list(given["values"])})
        return as_json({"ok": True})

    def _directory(self, request: SandboxRequest) -> SandboxResponse:
        at = request.base_url
        return as_json(
            {
                "newNonce": f"{at}/nonce",
                "newAccount": f"{at}/account",
                "newOrder": f"{at}/order",
                "revokeCert": f"{at}/revoke",
                "meta": {"termsOfService": f"{at}/terms", "externalAccountRequired": False},
            }
        )

    def _nonce(self, _: SandboxRequest) -> SandboxResponse:
        return SandboxResponse(headers=(("Replay-Nonce", nonce(self.store)), ("Cache-Control", "no-store")))

    def _new_account(self, request: SandboxRequest) -> SandboxResponse:
        signed = opened(self.store, request)
        jwk = signed.key.public_key().to_partial_json()
        made_of = hashlib.sha256(repr(sorted(jwk.items())).encode()).hexdigest()[:16]
        location = ("Location", f"{request.base_url}/account/{made_of}")
        known = self.store.get("account", made_of)
        if known is not None:
            return self._answer({"status": known["status"]}, 200, location)
        given = signed.payload or {}
        if given.get("onlyReturnExisting"):
            raise Refusal("accountDoesNotExist", "no account has this key")
        if not given.get("termsOfServiceAgreed"):
            raise Refusal("userActionRequired", "the terms of service must be agreed to", 403)
        account = {"id": made_of, "jwk": jwk, "status": "valid", "contact": given.get("contact", [])}
        self.store.put("account", made_of, account)
        return self._answer({"status": "valid", "contact": account["contact"]}, 201, location)

    def _account(self, request: SandboxRequest) -> SandboxResponse:
        self._mine(request)
        return self._answer({"status": "valid"})

    def _new_order(self, request: SandboxRequest) -> SandboxResponse:
        signed = self._mine(request)
        names = [item["value"].lower() for item in (signed.payload or {}).get("identifiers", [])]
        if not names or any("." not in name or name.endswith((".invalid", ".")) for name in names):
            raise Refusal("rejectedIdentifier", f"cannot issue for {', '.join(names) or 'no name'}")
        number = str(self.store.next_number("order"))
        proofs = [self._proof(f"{number}-{place}", name) for place, name in enumerate(names)]
        order = {
            "id": number, "account": signed.account, "names": names, "authorizations": proofs,
            "status": "pending", "certificate": None, "error": None, "ends_at": None, "chain": None,
        }  # fmt: skip
        self.store.put("order", number, order)
        at = request.base_url
        return self._answer(self._seen(order, at), 201, ("Location", f"{at}/order/{number}"))

    def _proof(self, number: str, name: str) -> str:
        document = {
            "id": number, "name": name.removeprefix("*."), "wildcard": name.startswith("*."),
            "status": "pending", "token": encode_b64jose(number.encode().rjust(32, b".")), "error": None,
        }  # fmt: skip
        self.store.put("authorization", number, document)
        return number

    def _order(self, request: SandboxRequest) -> SandboxResponse:
        self._mine(request)
        order = self._settled(self._found("order", request))
        wait = (("Retry-After", "1"),) if order["status"] == "processing" else ()
        return self._answer(self._seen(order, request.base_url), 200, *wait)

    def _authorization(self, request: SandboxRequest) -> SandboxResponse:
        self._mine(request)
        proof = self._found("authorization", request)
        at = request.base_url
        kinds = ("dns-01",) if proof["wildcard"] else ("dns-01", "http-01")
        document: Document = {
            "identifier": {"type": "dns", "value": proof["name"]},
            "status": proof["status"],
            "challenges": [self._shown(proof, kind, at) for kind in kinds],
        }
        if proof["wildcard"]:
            document["wildcard"] = True
        return self._answer(document)

    def _challenge(self, request: SandboxRequest) -> SandboxResponse:
        signed = self._mine(request)
        number, _, kind = request.args["id"].partition("_")
        proof = self.store.get("authorization", number)
        if proof is None:
            raise Refusal("malformed", "no such challenge", 404)
        if signed.payload is not None and proof["status"] == "pending":
            self._validate(proof, kind, signed)
        up = ("Link", f'<{request.base_url}/authorization/{number}>;rel="up"')
        return self._answer(self._shown(proof, kind, request.base_url), 200, up)

    def _validate(self, proof: Document, kind: str, signed: Signed) -> None:
        fault = self.faults.take("challenge", "late_failure")
        proof["answered"] = kind
        if fault or not self._believed(proof, kind, signed):
            detail = fault.args.get("detail") if fault else None
            proof["status"] = "invalid"
            proof["error"] = problem("unauthorized", detail or "No TXT records found for DNS challenge", 403)
        else:
            proof["status"] = "valid"
        self.store.put("authorization", proof["id"], proof)

    def _believed(self, proof: Document, kind: str, signed: Signed) -> bool:
        if not self._told or kind != "dns-01":
            return True
        account = self.store.get("account", signed.account or "")
        assert account is not None
        key: Any = JWK.from_json(account["jwk"])
        thumbprint = encode_b64jose(key.thumbprint())
        wanted = hashlib.sha256(f"{proof['token']}.{thumbprint}".encode()).digest()
        known = self.store.get("txt", f"_acme-challenge.{proof['name']}") or {"values": []}
        return encode_b64jose(wanted) in known["values"]

    def _finalize(self, request: SandboxRequest) -> SandboxResponse:
        signed = self._mine(request)
        order = self._settled(self._found("order", request))
        if order["status"] != "ready":
            raise Refusal("orderNotReady", f"the order is {order['status']}", 403)
        der = decode_b64jose((signed.payload or {}).get("csr", ""))
        try:
            csr = x509.load_der_x509_csr(der)
            asked = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (ValueError, x509.ExtensionNotFound):
            raise Refusal("badCSR", "the request cannot be read") from None
        if {name.lower() for name in asked.get_values_for_type(x509.DNSName)} != set(order["names"]):
            raise Refusal("badCSR", "the request names other hosts than the order")
        slow = self.faults.take("finalize", "stale_read")
        fails = self.faults.take("finalize", "late_failure")
        if fails:
            order["error"] = problem("serverInternal", "the signer failed", 500)
        else:
            order["chain"], order["serial"] = issuing.issue(self.store, csr, self.clock.now(), self._days)
        ends = self.clock.now() + timedelta(seconds=float(slow.args.get("seconds", 1)) if slow else 0)
        order["status"], order["ends_at"] = "processing", ends.isoformat()
        self.store.put("order", order["id"], order)
        return self._answer(self._seen(self._settled(order), request.base_url))

    def _certificate(self, request: SandboxRequest) -> SandboxResponse:
        self._mine(request)
        order = self._found("order", request)
        headers = (("Replay-Nonce", nonce(self.store)),)
        return SandboxResponse(
            (order["chain"] or "").encode(), 200, "application/pem-certificate-chain", headers
        )

    def _revoke(self, request: SandboxRequest) -> SandboxResponse:
        signed = self._mine(request)
        leaf = x509.load_der_x509_certificate(decode_b64jose((signed.payload or {}).get("certificate", "")))
        serial = f"{leaf.serial_number:x}"
        if self.store.get("revoked", serial):
            raise Refusal("alreadyRevoked", "the certificate is already revoked")
        if not any(order.get("serial") == serial for order in self.store.all("order")):
            raise Refusal("unauthorized", "not a certificate of this authority", 403)
        self.store.put("revoked", serial, {"id": serial, "reason": (signed.payload or {}).get("reason")})
        return replace(self._answer({}), body=b"")

    def _mine(self, request: SandboxRequest) -> Signed:
        signed = opened(self.store, request)
        if signed.account is None:
            raise Refusal("malformed", "sign with the account's kid")
        return signed

    def _found(self, kind: str, request: SandboxRequest) -> Document:
        document = self.store.get(kind, request.args["id"])
        if document is None:
            raise Refusal("malformed", f"no such {kind}", 404)
        return document

    def _settled(self, order: Document) -> Document:
        """Let happen what proofs and time have brought."""
        proofs = [self.store.get("authorization", number) or {} for number in order["authorizations"]]
        if order["status"] == "pending" and any(proof.get("status") == "invalid" for proof in proofs):
            order["status"] = "invalid"
        elif order["status"] == "pending" and all(proof.get("status") == "valid" for proof in proofs):
            order["status"] = "ready"
        elif order["status"] == "processing" and self.clock.now() >= datetime.fromisoformat(order["ends_at"]):
            order["status"] = "invalid" if order["error"] else "valid"
        self.store.put("order", order["id"], order)
        return order

    def _seen(self, order: Document, at: str) -> Document:
        seen: Document = {
            "status": order["status"],
            "identifiers": [{"type": "dns", "value": name} for name in order["names"]],
            "authorizations": [f"{at}/authorization/{number}" for number in order["authorizations"]],
            "finalize": f"{at}/finalize/{order['id']}",
        }
        if order["status"] == "valid":
            seen["certificate"] = f"{at}/certificate/{order['id']}"
        if order["error"]:
            seen["error"] = order["error"]
        return seen

    def _shown(self, proof: Document, kind: str, at: str) -> Document:
        answered = proof.get("answered") == kind
        shown: Document = {
            "type": kind,
            "url": f"{at}/challenge/{proof['id']}_{kind}",
            "token": proof["token"],
            "status": proof["status"] if answered else "pending",
        }
        if answered and proof["error"]:
            shown["error"] = proof["error"]
        return shown
