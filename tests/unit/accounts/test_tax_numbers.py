"""B020: a tax number has the shape and the check digit of its own country; a state is one of its country."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ezcore.accounts.inputs import ProfileInput, SignUpInput
from ezcore.accounts.regions import checked_region, region_code
from ezcore.accounts.tax_numbers import MEMBERS, checked_tax_number, in_register, prefix_of
from ezcore.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("EE", "EE100931558", "EE100931558"),
        ("EE", " ee 100 931 558 ", "EE100931558"),
        ("EE", "100931558", "EE100931558"),
        ("DE", "DE 136.695.976", "DE136695976"),
        ("GR", "EL094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("ES", "B64717838", "ESB64717838"),
        ("FR", "FR 40 303 265 045", "FR40303265045"),
        ("IE", "IE6433435F", "IE6433435F"),
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("AT", "U13585627", "ATU13585627"),
        ("BE", "BE 0428.759.497", "BE0428759497"),
        ("MC", "FR40303265045", "FR40303265045"),
        ("GB", "980 7806 84", "GB980780684"),
        ("GB", "XI980780684", "XI980780684"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("CA", "123026635RT0001", "123026635RT0001"),
        ("AU", "83 914 571 673", "83914571673"),
        ("US", "12-3456789", "123456789"),
        ("EE", "", ""),
        ("EE", "  ", ""),
    ],
)
def test_a_number_is_kept_in_the_shape_of_its_country(country, typed, kept):
    assert checked_tax_number(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed", "words"),
    [
        ("EE", "EE100931557", "no valid VAT number"),
        ("EE", "EE10093155", "no valid VAT number"),
        ("DE", "EE100931558", "another country"),
        ("US", "EE100931558", "another country"),
        ("GR", "EE100931558", "another country"),
        ("CH", "CHE-107.787.578 IVA", "check the digits"),
        ("GB", "XI980780685", "check the digits"),
        ("US", "1", "too short"),
        ("EE", "EE" + "1" * 30, "letters and digits"),
        ("EE", "<script>", "letters and digits"),
        ("EE", "EE١٠٠٩٣١٥٥٨", "letters and digits"),
    ],
)
def test_B020_another_number_is_refused_at_its_field(country, typed, words):
    with pytest.raises(InvalidInput, match=words) as refusal:
        checked_tax_number(country, typed)
    assert refusal.value.field == "tax_number"


@pytest.mark.parametrize("model", [ProfileInput, SignUpInput])
def test_B020_forms_name_the_field(model):
    typed = {"name": "A", "email": "a@b.example", "password": "p", "country": "DE", "terms": "yes"}
    with pytest.raises(ValidationError) as refusal:
        model.model_validate({**typed, "tax_number": "EE100931558"})
    assert [error["loc"] for error in refusal.value.errors()] == [("tax_number",)]
    assert model.model_validate({**typed, "tax_number": "136695976"}).tax_number == "DE136695976"


def test_B020_where_the_country_is_wrong_the_number_is_not_judged_too():
    with pytest.raises(ValidationError) as refusal:
        ProfileInput.model_validate({"name": "A", "country": "XX", "tax_number": "EE1", "region": "Nowhere"})
    assert [error["loc"] for error in refusal.value.errors()] == [("country",)]


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("US", "New  york", "NY"), ("US", "tx", "TX"), ("CA", "Québec", "QC"), ("AU", "Victoria", "VIC"),
        ("EE", "Harjumaa", "Harjumaa"), ("US", "", ""),
    ],
)  # fmt: skip
def test_a_state_is_kept_by_its_code_and_elsewhere_as_typed(country, typed, kept):
    assert checked_region(country, typed) == kept


def test_B020_a_state_of_another_country_is_refused_at_its_field():
    with pytest.raises(ValidationError) as refusal:
        ProfileInput.model_validate({"name": "A", "country": "US", "region": "Ontario"})
    assert [error["loc"] for error in refusal.value.errors()] == [("region",)]
    assert region_code("US", "Ontario") == "ontario"


def test_vies_knows_the_27_members_and_northern_ireland():
    assert len(MEMBERS) == 27
    assert prefix_of("GR") == "EL"
    asked = [("DE136695976", "DE"), ("XI980780684", "GB"), ("GB980780684", "GB"), ("12", "US")]
    assert [in_register(*one) for one in asked] == [True, True, False, False]
