"""`ez theme new`: writes a child theme of base that passes `ez theme check`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ezcore.kernel.errors import InvalidInput, Refused

TEMPLATES: Final = Path(__file__).parent / "new_theme"
SUFFIX: Final = ".tmpl"


def write_theme(folder: Path) -> Path:
    """Write the folder; its last part is the theme's name. Raises: InvalidInput for a wrong name; Refused."""
    name = folder.name
    if re.fullmatch(r"[a-z][a-z0-9_-]{1,39}", name) is None or name == "base":
        raise InvalidInput("a theme's name has 2 to 40 small letters, digits, - or _ (my-shop)", field="name")
    if folder.exists():
        raise Refused(f"{folder} is there already; nothing was written")
    for source in sorted(TEMPLATES.rglob(f"*{SUFFIX}")):
        place = source.relative_to(TEMPLATES).as_posix().removesuffix(SUFFIX).replace("NAME", name)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        text = text.replace("{{name}}", name).replace("{{title}}", re.sub("[-_]", " ", name).capitalize())
        target.write_text(text, encoding="utf-8")
    return folder
