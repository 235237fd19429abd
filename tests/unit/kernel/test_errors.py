"""Every error can be shown to a person."""

from __future__ import annotations

from ezcore.kernel.errors import EzError, InvalidInput, NotAllowed, NotFound, Refused


class InvoiceAlreadyPaid(Refused):
    """This invoice is paid already.

    More for the reader of the code.
    """


def test_an_error_without_a_sentence_says_what_its_class_says():
    assert InvoiceAlreadyPaid().message == str(InvoiceAlreadyPaid()) == "This invoice is paid already."
    assert InvoiceAlreadyPaid("Paid on Monday.").message == "Paid on Monday."


def test_an_input_error_names_its_field():
    assert InvalidInput("too short", field="name").field == "name"


def test_every_kind_is_ours():
    for kind in (Refused, InvalidInput, NotFound, NotAllowed):
        assert issubclass(kind, EzError)
