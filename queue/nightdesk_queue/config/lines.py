"""Where in the text of a configuration a table and a key stand, so that a fault names its line."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*([\].])")


def line_of(text: str, table: str, index: int | None, key: str | None) -> int | None:
    """Return the line of a key of a table, of the table itself where the key is not in it; None where there is none.

    `index`: which of the tables of that name, None for a single one.
    """
    count, header = -1, None
    for number, line in enumerate(text.splitlines(), 1):
        found = _HEADER.match(line)
        if found is not None:
            own = found[2] == table
            if own and found[3] == "]":
                count += 1
            if own and count == (index or 0):
                header = header or number
                if key is not None and re.match(rf"\s*\[+\s*{re.escape(table)}\s*\.\s*{re.escape(key)}\b", line):
                    return number
            elif header is not None:
                return header
        elif header is not None and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
            return number
    return header
