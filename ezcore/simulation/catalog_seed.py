"""What EZ Solutions sells: VPS plans, web hosting, website builds, Linux support."""

from __future__ import annotations

from collections.abc import Mapping

from ezcore.catalog.options.operations import NewChoice, NewOption
from ezcore.catalog.products.operations import NewProduct, create_group, create_product
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.simulation.extras_seed import seed_extras
from ezcore.support.tickets.departments import ensure_first
from ezcore.work import UnitOfWork


def eur(text: str) -> Money:
    """An amount of the shop's currency."""
    return Money.parse(text, "EUR")


def modules_for(modules: Mapping[str, ProvisioningModule]) -> tuple[str | None, str | None]:
    """Who can run the servers and who the hosting: the first module that knows the settings of such products."""

    def first(*settings: str) -> str | None:
        known = (n for n, m in modules.items() if set(settings) <= m.product_model.model_fields.keys())
        return next(known, None)

    return first("cores", "memory_mb", "disk_gb"), first("package")


def seed_catalog(uow: UnitOfWork, *, vps_module: str | None, hosting_module: str | None = None) -> None:
    """Four shelves, eleven products, two add-ons, two codes; they run on whatever modules there are."""
    _vps(uow, vps_module)
    _hosting(uow, hosting_module)
    _websites(uow)
    _support(uow)
    seed_extras(uow)
    ensure_first(uow)


def _vps(uow: UnitOfWork, module: str | None) -> None:
    shelf = create_group(
        uow,
        "vps",
        "Cloud servers",
        headline="Cloud servers, ready in under a minute",
        blurb="Full root access, NVMe storage and a fixed price. Renewals cost what you paid today.",
        icon="server",
        position=1,
    )
    plans = (
        ("vps-s", "VPS S", "Small sites and bots", "6.00", "60.00", 1, 2048, 25, False),
        ("vps-m", "VPS M", "Shops and busy sites", "12.00", "120.00", 2, 4096, 60, True),
        ("vps-l", "VPS L", "Databases and teams", "24.00", "240.00", 4, 8192, 120, False),
        ("vps-xl", "VPS XL", "Heavy work", "48.00", "480.00", 8, 16384, 240, False),
    )
    for slug, name, blurb, month, year, cores, memory, disk, featured in plans:
        create_product(
            uow,
            shelf,
            NewProduct(
                slug=slug,
                name=name,
                kind="vps",
                blurb=blurb,
                module=module,
                icon="server",
                featured=featured,
                settings={"cores": cores, "memory_mb": memory, "disk_gb": disk},
                features=(
                    f"{cores} vCPU" if cores == 1 else f"{cores} vCPUs",
                    f"{memory // 1024} GB memory",
                    f"{disk} GB NVMe",
                    "1 IPv4 address",
                    "Unmetered 1 Gbit/s",
                ),
                prices={"1 month": eur(month), "1 year": eur(year)},
                options=_vps_options(disk),
            ),
        )


def _vps_options(disk: int) -> tuple[NewOption, ...]:
    double = NewChoice(
        "double",
        f"{disk * 2} GB",
        {"disk_gb": disk * 2},
        {"1 month": eur("3.00"), "1 year": eur("30.00")},
    )
    # No setting of the machine: the module knows one address and refuses what it does not know; staff add more.
    address = NewChoice("unit", "Address", {}, {"1 month": eur("1.50"), "1 year": eur("15.00")})
    nightly = NewChoice("yes", "Nightly copies", {}, {"1 month": eur("2.00"), "1 year": eur("20.00")})
    month = NewChoice("month", "A month", {}, {"1 month": eur("1.00"), "1 year": eur("10.00")})
    return (
        NewOption("disk", "Disk", (NewChoice("included", f"{disk} GB (included)"), double)),
        NewOption("ipv4", "More IPv4 addresses", (address,), "quantity", maximum=8, unit="addresses"),
        NewOption("copies", "Nightly copies of the disk", (nightly,), "yesno"),
        NewOption(
            "kept", "Copies are kept for", (NewChoice("week", "A week"), month), shown_if=("copies", "yes")
        ),
    )


# slug, name, blurb, per month, per year, features, featured
HOSTING = (
    ("web-start", "Web Start", "One site", "3.50", "35.00", ("1 website", "10 GB storage", "5 mailboxes"), False),
    ("web-pro", "Web Pro", "Small shops", "7.00", "70.00", ("10 websites", "50 GB storage", "50 mailboxes"), True),
    ("web-agency", "Web Agency", "Many clients", "19.00", "190.00", ("100 websites", "200 GB storage"), False),
)  # fmt: skip


def _hosting(uow: UnitOfWork, module: str | None) -> None:
    shelf = create_group(
        uow,
        "web-hosting",
        "Web hosting",
        headline="Web hosting that stays fast",
        blurb="PHP, databases, mail and daily backups, looked after by people.",
        icon="globe",
        position=2,
    )
    for slug, name, blurb, month, year, features, featured in HOSTING:
        new = NewProduct(
            slug=slug,
            name=name,
            kind="hosting",
            blurb=blurb,
            module=module,
            settings={"package": slug} if module else {},
            icon="globe",
            features=(*features, "Free TLS"),
            prices={"1 month": eur(month), "1 year": eur(year)},
            featured=featured,
        )
        create_product(uow, shelf, new)


def _websites(uow: UnitOfWork) -> None:
    shelf = create_group(
        uow,
        "websites",
        "Website builds",
        headline="A website, built for you",
        blurb="Designed, written and put online; you pay once.",
        icon="layout-template",
        position=3,
    )
    for slug, name, price, features in (
        ("site-one-page", "One page", "390.00", ("One page", "Contact form", "Ready in a week")),
        (
            "site-business",
            "Business site",
            "1290.00",
            ("Up to 8 pages", "Two languages", "Ready in three weeks"),
        ),
    ):
        create_product(
            uow,
            shelf,
            NewProduct(
                slug=slug,
                name=name,
                kind="website",
                blurb="Built once",
                icon="layout-template",
                features=features,
                prices={"once": eur(price)},
            ),
        )


def _support(uow: UnitOfWork) -> None:
    shelf = create_group(
        uow,
        "support",
        "Linux support",
        headline="Somebody who knows Linux",
        blurb="Updates, monitoring and help with your own servers.",
        icon="life-buoy",
        position=4,
    )
    for slug, name, price, setup, features in (
        ("support-basic", "Care", "29.00", None, ("Security updates", "Monitoring", "Reply within a day")),
        (
            "support-plus",
            "Care Plus",
            "79.00",
            "49.00",
            ("Everything in Care", "2 hours a month", "Reply within 2 hours"),
        ),
    ):
        create_product(
            uow,
            shelf,
            NewProduct(
                slug=slug,
                name=name,
                kind="support",
                blurb="Per server",
                icon="life-buoy",
                features=features,
                prices={"1 month": eur(price)},
                setup=eur(setup) if setup else None,
            ),
        )
