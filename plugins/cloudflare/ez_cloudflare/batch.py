"""Reads all records of a zone and carries out a batch: what is there is not added, what is not is not missed."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from ez_cloudflare.api import CloudflareApi
from ez_cloudflare.records import Seen, asked, canonical, differs, shown
from ez_cloudflare.refusals import RECORD_GONE, RECORD_THERE, Missing, Refusal
from ezcore.plugin_api import PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.dns import DnsRecord, DnsZone, RecordChanges

PER_PAGE: Final = 100
PAGES: Final = 2000
LOOK_AGAIN: Final = 2.0


class BatchDone(BaseModel):
    """What a batch answers."""

    deletes: list[Seen] | None = None
    patches: list[Seen] | None = None
    posts: list[Seen] | None = None
    puts: list[Seen] | None = None


def every_record(api: CloudflareApi, zone: DnsZone) -> list[DnsRecord]:
    """All records of the zone. Raises: PermanentFailure when the zone is gone; RetryAfter for nonsense."""
    found: list[DnsRecord] = []
    for number in range(1, PAGES):
        try:
            seen, info = api.page(
                list[Seen],
                api.client.dns.records.with_raw_response.list,
                zone_id=zone.external_id,
                page=number,
                per_page=PER_PAGE,
                order="name",
            )
            records = [record for one in seen if (record := shown(one)) is not None]
        except Missing:
            raise PermanentFailure(f"the zone {zone.name} is not at Cloudflare any more") from None
        except (KeyError, TypeError, ValueError):
            raise RetryAfter(LOOK_AGAIN, "Cloudflare sent a record that cannot be read") from None
        found += records
        if number >= (info.total_pages or 1):
            return found
    raise PermanentFailure(f"the zone {zone.name} has too many records to be read")


def carry_out(api: CloudflareApi, zone: DnsZone, changes: RecordChanges) -> None:
    """Send what is missing, all or nothing. Raises: PermanentFailure naming the records that were refused."""
    there = {record.identity: record for record in every_record(api, zone)}
    wishes = {canonical(record): record for record in changes.add}
    doomed = {canonical(record) for record in changes.delete} - wishes.keys()
    deletes = [{"id": there[one].external_id} for one in doomed if one in there]
    patches: list[dict[str, Any]] = []
    posts: list[dict[str, Any]] = []
    for identity, wish in wishes.items():
        known = there.get(identity)
        if known is None:
            posts.append(asked(wish))
        elif differs(wish, known):
            patches.append({"id": known.external_id, **asked(wish)})
    batch = {"deletes": deletes, "patches": patches, "posts": posts}
    sent: dict[str, Any] = {name: part for name, part in batch.items() if part}
    if not sent:
        return
    try:
        api.change(
            BatchDone, api.client.dns.records.with_raw_response.batch, zone_id=zone.external_id, **sent
        )
    except Missing as error:
        if RECORD_GONE in error.codes:
            raise RetryAfter(LOOK_AGAIN, "a record went away meanwhile") from None
        raise PermanentFailure(f"the zone {zone.name} is not at Cloudflare any more") from None
    except Refusal as error:
        if error.codes & RECORD_THERE:
            # Somebody else added it, or the list lags behind: the next try looks and finds it.
            raise RetryAfter(LOOK_AGAIN, "a record is there already; looking again") from None
        named = ", ".join(f"{one['type']} {one['name']}" for one in (*posts, *patches))[:300]
        raise PermanentFailure(f"{error.reason}. Asked for: {named}") from None
