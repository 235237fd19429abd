"""/v1/customers and /v1/payment_methods of the imitated Stripe."""

from __future__ import annotations

from collections.abc import Callable

from ez_stripe.sandbox import parameters, shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.refusals import invalid, no_such
from ezcore.plugin_api.sandbox import Document

_TEXTS = ("description", "email", "name", "phone")


class Customers:
    """Customers and their stored methods."""

    def __init__(self, account: Account, methods: Methods) -> None:
        self._account = account
        self._methods = methods
        self.on_delete: Callable[[str], None] = lambda _id: None

    def create(self, call: Call) -> Document:
        """POST /v1/customers."""
        call.only(parameters.CUSTOMER)
        fields = {name: call.text(name) for name in _TEXTS}
        more = {"address": call.params.get("address"), "metadata": call.metadata()}
        customer = self._account.make(shapes.customer(**fields, **more))
        self._account.emit("customer.created", customer)
        return customer

    def retrieve(self, call: Call) -> Document:
        """GET /v1/customers/{id}; a deleted one is told as deleted."""
        return self._account.load("customer", call.id)

    def update(self, call: Call) -> Document:
        """POST /v1/customers/{id}."""
        call.only(parameters.CUSTOMER)
        customer = self.living(call.id)
        changes: Document = {name: call.text(name) for name in _TEXTS if name in call.params}
        settings = call.params.get("invoice_settings") or {}
        if method_id := settings.get("default_payment_method"):
            method = self._account.load("payment_method", method_id, "payment_method", 400)
            return self.prefer(customer, method)
        if "metadata" in call.params:
            changes["metadata"] = {**customer["metadata"], **call.metadata()}
        before = {name: customer[name] for name in changes}
        customer = self._account.save({**customer, **changes})
        self._account.emit("customer.updated", customer, before)
        return customer

    def prefer(self, customer: Document, method: Document) -> Document:
        """This method is charged from now on where nothing else is said. Raises: StripeRefusal."""
        if method["customer"] != customer["id"]:
            raise invalid(
                "The customer does not have this payment method.", "payment_method", "resource_missing"
            )
        before = {"invoice_settings": customer["invoice_settings"]}
        settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
        customer = self._account.save({**customer, "invoice_settings": settings})
        self._account.emit("customer.updated", customer, before)
        return customer

    def delete(self, call: Call) -> Document:
        """DELETE /v1/customers/{id}; its methods are gone with it."""
        customer = self.living(call.id)
        for method in self._account.store.all("payment_method"):
            if method["customer"] == call.id:
                self._account.save({**method, "customer": None})
        self.on_delete(call.id)
        self._account.emit("customer.deleted", customer)
        return self._account.save({"id": call.id, "object": "customer", "deleted": True})

    def list(self, call: Call) -> Document:
        """GET /v1/customers."""
        return page(self._account, "customer", call.params, "/v1/customers", email=call.text("email"))

    def list_methods(self, call: Call) -> Document:
        """GET /v1/customers/{id}/payment_methods."""
        self.living(call.id)
        url = f"/v1/customers/{call.id}/payment_methods"
        return page(
            self._account, "payment_method", call.params, url, customer=call.id, type=call.text("type")
        )

    def list_all_methods(self, call: Call) -> Document:
        """GET /v1/payment_methods?customer=."""
        wanted = {"customer": call.text("customer"), "type": call.text("type")}
        return page(self._account, "payment_method", call.params, "/v1/payment_methods", **wanted)

    def retrieve_method(self, call: Call) -> Document:
        """GET /v1/payment_methods/{id}, also below a customer."""
        method = self._account.load(
            "payment_method", call.args.get("method", call.args["id"]), "payment_method"
        )
        if "method" in call.args and method["customer"] != call.id:
            raise no_such("PaymentMethod", method["id"], "payment_method")
        return method

    def attach_method(self, call: Call) -> Document:
        """POST /v1/payment_methods/{id}/attach."""
        customer = self.living(str(call.need("customer")), "customer", 400)
        method = self._methods.from_token(call.id) or self._account.load(
            "payment_method", call.id, "payment_method"
        )
        return self._methods.attach(method, customer["id"])

    def detach_method(self, call: Call) -> Document:
        """POST /v1/payment_methods/{id}/detach."""
        return self._methods.detach(self._account.load("payment_method", call.id, "payment_method"))

    def living(self, id_: str, param: str = "id", status: int = 404) -> Document:
        """A customer that is not deleted. Raises: StripeRefusal."""
        customer = self._account.load("customer", id_, param, status)
        if customer.get("deleted"):
            raise no_such("customer", id_, param, status)
        return customer
