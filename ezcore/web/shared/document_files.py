"""Sends a document's file. What the address asks for beside the number and the format is not looked at."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response

from ezcore.billing.documents import operations as documents
from ezcore.billing.documents import queries
from ezcore.billing.documents.models import FileFormat


def answer(request: Any, subject: str, form: FileFormat, client_id: int | None = None) -> Response:
    """The file of the document whose number is in the address; of this client when given.

    Raises: NotFound for an unknown number and another client's; Refused for a format that this document has not.
    """
    found = queries.find(request.uow, subject, request.matchdict["number"], client_id)
    file = documents.hand_out(request.uow, found, form)
    response = Response(body=file.content, content_type=file.content_type)
    response.content_disposition = f'attachment; filename="{file.name}"'
    response.cache_control = "private, no-store"
    return response
