"""Verbs of the catalog: build and change products, price them, count their stock."""

from ezcore.catalog.products.operations.build import (
    NewPrice,
    NewProduct,
    create_group,
    create_product,
    offer_addon,
    take_in_offers,
)
from ezcore.catalog.products.operations.change import (
    ProductFacts,
    change_addons,
    change_product,
    retire,
    set_settings,
    set_stock,
)
from ezcore.catalog.products.operations.prices import WantedPrice, set_prices, stop_selling
from ezcore.catalog.products.operations.stock import give_back_to_stock, take_from_stock

__all__ = [
    "NewPrice",
    "NewProduct",
    "ProductFacts",
    "WantedPrice",
    "change_addons",
    "change_product",
    "create_group",
    "create_product",
    "give_back_to_stock",
    "offer_addon",
    "retire",
    "set_prices",
    "set_settings",
    "set_stock",
    "stop_selling",
    "take_from_stock",
    "take_in_offers",
]
