"""States and provinces of the countries that tax by them: ISO 3166-2 codes without the country.

Elsewhere a region is free text. Source: ISO 3166-2:US, :CA, :AU.
"""

from __future__ import annotations

from typing import Final

from ezcore.kernel.errors import InvalidInput

_US: Final = (
    "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;"
    "DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;"
    "KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;"
    "MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;"
    "NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;"
    "SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;WA Washington;"
    "WV West Virginia;WI Wisconsin;WY Wyoming;AS American Samoa;GU Guam;MP Northern Mariana Islands;PR Puerto Rico;"
    "UM Minor Outlying Islands;VI Virgin Islands;AA Armed Forces Americas;AE Armed Forces Europe;"
    "AP Armed Forces Pacific"
)
_CA: Final = (
    "AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;NS Nova Scotia;"
    "NT Northwest Territories;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Quebec;QC Québec;SK Saskatchewan;"
    "YT Yukon"
)
_AU: Final = (
    "ACT Australian Capital Territory;NSW New South Wales;NT Northern Territory;QLD Queensland;SA South Australia;"
    "TAS Tasmania;VIC Victoria;WA Western Australia"
)


def _read(text: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for entry in text.split(";"):
        code, _, name = entry.partition(" ")
        known[code.casefold()] = known[name.casefold()] = code
    return known


_REGIONS: Final = {"US": _read(_US), "CA": _read(_CA), "AU": _read(_AU)}


def region_code(country: str, typed: str) -> str:
    """The code of a region, or the text as typed (in small letters) where there is no list or no such region."""
    text = " ".join(typed.split()).casefold()
    return _REGIONS.get(country, {}).get(text, text)


def checked_region(country: str, typed: str) -> str:
    """The region as it is kept: its code where the country has a list. Raises: InvalidInput."""
    if not typed or country not in _REGIONS:
        return typed
    code = _REGIONS[country].get(" ".join(typed.split()).casefold())
    if code is None:
        raise InvalidInput("There is no such state or province in this country", field="region")
    return code
