"""A logo is a whole picture of a known kind and of a sensible size, whatever its name says."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode

import pytest

from ezcore.kernel.errors import InvalidInput
from ezcore.themes.logo import as_svg
from ezcore.themes.pictures import LARGEST_KB, Picture, read_picture
from tests.fixtures_pictures import png

JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////"
    "////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAFAAwD"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQP/xAAUEQEA"
    "AAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCYBSf/2Q=="
)


def webp(kind, body):
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


LOSSY = webp(b"VP8 ", b"\x70\x01\x00\x9d\x01\x2a\x0c\x00\x05\x00\x07\x00\x40\x96")
LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 11 | 4 << 14) + b"\x07\x50")
EXTENDED = webp(b"VP8X", b"\x20\0\0\0" + b"\x0b\0\0" + b"\x04\0\0")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(png(12, 5), "png"), (JPEG, "jpg"), (LOSSY, "webp"), (LOSSLESS, "webp"), (EXTENDED, "webp")],
)
def test_its_kind_and_size_are_read_from_its_bytes(content, kind):
    assert read_picture(content) == Picture(kind, 12, 5)


@pytest.mark.parametrize(
    "content", [png(12, 5)[:-3], JPEG[:-2], LOSSY[:-1], b"\xff\xd8\xff\xff\xd9", webp(b"ICCP", b"")]
)
def test_what_is_cut_off_is_said_to_be_so(content):
    with pytest.raises(InvalidInput, match="cut off") as caught:
        read_picture(content)
    assert caught.value.field == "logo"


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"GIF89a", b"<!DOCTYPE html>", b"%PDF-1.7"])
def test_what_a_browser_could_run_is_no_picture(content):
    with pytest.raises(InvalidInput, match="no PNG, JPEG or WebP"):
        read_picture(content)


def test_it_is_not_empty_not_heavy_and_not_huge():
    for content, words in (
        (b"", "Choose a picture"),
        (png(12, 5) + b"\0" * LARGEST_KB * 1024, f"larger than {LARGEST_KB} kB"),
        (png(2001, 1), "larger than 2000 pixels"),
        (png(0, 5), "broken"),
    ):
        with pytest.raises(InvalidInput, match=words):
            read_picture(content)


def test_documents_get_it_in_an_svg_of_its_size():
    made = as_svg(png(12, 5), read_picture(png(12, 5)))
    assert '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="5">' in made
    assert "data:image/png;base64," in made
    assert zlib.decompress(b64decode(made.partition("base64,")[2].partition('"')[0])[41:-16]), (
        "the picture is whole"
    )
