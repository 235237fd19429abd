"""Makes a PNG small: at most 256 colours, the data packed as tightly as zlib can. Chromium packs quickly, not well."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.sync_api import Page

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Counts colours on a canvas. Those that are most used stay as they are, the others become the nearest of them: letters
# keep their smooth edges, and what is flat stays exactly what the tokens say.
_REDUCE = """async (data) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + data;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const one of pixels) counts.set(one, (counts.get(one) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map((one) => one[0]);
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const palette = kept.map(parts), at = new Map(kept.map((one, index) => [one, index]));
  const nearest = (one) => {
    const [r, g, b] = parts(one);
    let best = 0, least = Infinity;
    palette.forEach(([x, y, z], index) => {
      const far = (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2;
      if (far < least) { least = far; best = index; }
    });
    return best;
  };
  const bytes = new Uint8Array(pixels.length);
  pixels.forEach((one, index) => {
    if (!at.has(one)) at.set(one, nearest(one));
    bytes[index] = at.get(one);
  });
  const address = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return [image.width, image.height, palette.flat(), address.slice(address.indexOf(',') + 1)];
}"""


def repack(png: bytes, easel: Page) -> bytes:
    """The same picture with a palette; `easel` is any page that may run scripts, about:blank for one."""
    width, height, palette, data = easel.evaluate(_REDUCE, base64.b64encode(png).decode())
    indexes = base64.b64decode(data)
    rows = b"".join(b"\0" + indexes[at : at + width] for at in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head), (b"PLTE", bytes(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""),
    )  # fmt: skip
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
