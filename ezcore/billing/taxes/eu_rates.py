"""Standard VAT rates of the member states since the One Stop Shop began (1 July 2021), in parts per million.

Source: the European Commission's Taxes in Europe Database (Directive 2006/112/EC, Art. 97), and of the changes since
then the national laws: Luxembourg 16 % in 2023 only; Estonia 22 % from 2024 and 24 % from July 2025; Finland 25.5 %
from September 2024; Slovakia 23 % from 2025; Romania 21 % from August 2025. State of the list:
January 2026. What comes later a shop adds as a rule of its own; nothing is changed behind its back.
"""

from __future__ import annotations

from datetime import date
from typing import Final

_START: Final = date(2021, 7, 1)
_SINCE: Final = {
    "AT": 20, "BE": 21, "BG": 20, "CY": 19, "CZ": 21, "DE": 19, "DK": 25, "EE": 20, "ES": 21, "FI": 24, "FR": 20,
    "GR": 24, "HR": 25, "HU": 27, "IE": 23, "IT": 22, "LT": 21, "LU": 17, "LV": 21, "MT": 18, "NL": 21, "PL": 23,
    "PT": 23, "RO": 19, "SE": 25, "SI": 22, "SK": 20,
}  # fmt: skip
_CHANGES: Final[dict[str, tuple[tuple[date, int], ...]]] = {
    "EE": ((date(2024, 1, 1), 220_000), (date(2025, 7, 1), 240_000)),
    "FI": ((date(2024, 9, 1), 255_000),),
    "LU": ((date(2023, 1, 1), 160_000), (date(2024, 1, 1), 170_000)),
    "RO": ((date(2025, 8, 1), 210_000),),
    "SK": ((date(2025, 1, 1), 230_000),),
}

EU_RATES: Final[dict[str, tuple[tuple[date, int], ...]]] = {
    country: ((_START, rate * 10_000), *_CHANGES.get(country, ())) for country, rate in _SINCE.items()
}
"""By country (ISO 3166-1 alpha-2): from which day on which rate."""
