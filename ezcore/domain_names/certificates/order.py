"""What a certificate product is, and what is asked when one is ordered."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ezcore.domain_names.certificates.keys import read_request
from ezcore.domain_names.certificates.rules import has_wildcard, parse_names
from ezcore.kernel.errors import InvalidInput


class CertificateProduct(BaseModel):
    """Settings of a product that is a certificate."""

    model_config = ConfigDict(extra="ignore")

    authority: str = Field(default="acme", title="Authority", pattern=r"^[a-z][a-z0-9_]{1,39}$")
    proof: Literal["auto", "dns-01", "http-01"] = Field(
        default="auto",
        title="How names are proved",
        description="auto: by DNS where we keep the zone, else by HTTP",
    )
    key_type: Literal["ec", "rsa"] = Field(default="ec", title="Key")
    most_names: int = Field(default=10, title="Names at most", ge=1, le=100)
    wildcards: bool = Field(default=True, title="Wildcards are allowed")
    revoke_at_end: bool = Field(default=False, title="Revoke it when the service ends")


class CertificateOrder(BaseModel):
    """The names, or the client's own request, which holds them."""

    model_config = ConfigDict(extra="ignore")

    names: str = Field(
        default="",
        title="Names",
        max_length=26_000,
        description="One per line; *.example.com stands for every name below example.com",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )
    csr: str = Field(
        default="",
        title="Own certificate request",
        max_length=33_000,
        description="Optional: the key then stays with you, and you install the certificate yourself",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )

    @model_validator(mode="after")
    def _names(self) -> Self:
        try:
            self.all_names()
        except InvalidInput as error:
            raise ValueError(f"{error.field}: {error.message}") from error
        return self

    def all_names(self) -> tuple[str, ...]:
        """The names to be certified. Raises: InvalidInput."""
        if not self.csr.strip():
            return parse_names(self.names)
        requested = read_request(self.csr)
        if self.names.strip() and set(parse_names(self.names)) != set(requested):
            raise InvalidInput("the request holds other names than those written here", field="names")
        return requested

    def check(self, product: CertificateProduct) -> tuple[str, ...]:
        """The names, as this product sells them. Raises: InvalidInput."""
        names = self.all_names()
        if len(names) > product.most_names:
            raise InvalidInput(f"this certificate holds at most {product.most_names} names", field="names")
        if has_wildcard(names) and not product.wildcards:
            raise InvalidInput("this certificate holds no wildcards", field="names")
        return names
