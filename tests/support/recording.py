"""What every command with `--json` printed in version 0.4.0: the steps that were played, and how to play them.

The recording is `tests/data/recorded_0_4_0.json`. It was made with nightdesk 0.4.0 installed, from the folder of the
project, by

    python tests/support/recording.py tests/data/recorded_0_4_0.json

and is not made again: it is the promise that later versions keep. Steps added later need a 0.4.0 to be recorded with.

The steps come in chapters. Each chapter has a folder, a configuration and a database of its own, so chapters can be
played in any order, and the steps of one build on each other. A step is a line such as

    18:30 issue tcm-night --name 王芳

the time (of 2 March 2026, a Monday, or an ISO 8601 moment) and what is said to `nightdesk`. `{folder}` in it is the
chapter's folder, `{id:N001}` the id of that ticket. A word that begins with `@` says how it is run, see `playing.WAYS`.
A step that ends in an error is said once more in Chinese, the first time that a chapter meets that code; refusals
change nothing, so that is safe.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from chapters_of_patients import ARRIVING, CALLING, MOVING, UNDOING
from chapters_of_the_house import (
    BOOKINGS,
    CHECKING,
    CONFIGURATIONS,
    DATABASES,
    ENDING,
    OTHER_RULES,
    PAGING,
    PRINTING,
    SERVING,
    SIMULATING,
)
from playing import TICKET_ID, Json, Played, play

CHAPTERS = (
    ARRIVING,
    CALLING,
    MOVING,
    UNDOING,
    ENDING,
    PAGING,
    PRINTING,
    OTHER_RULES,
    BOOKINGS,
    SIMULATING,
    CONFIGURATIONS,
    DATABASES,
    CHECKING,
    SERVING,
)


def recorded_form(played: Played, names: dict[str, str]) -> Json:
    """Return a step as the recording holds it: ids of tickets named in their order of appearance."""
    form = {
        "step": played.step,
        "status": played.answer.status,
        "out": played.answer.out,
        "error": played.answer.error,
        "in_chinese": played.in_chinese.error if played.in_chinese else None,
    }
    return _named(form, names)


def _named(value: Json, names: dict[str, str]) -> Json:
    if isinstance(value, dict):
        return {key: _named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, names) for inner in value]
    if isinstance(value, str) and TICKET_ID.fullmatch(value):
        return names.setdefault(value, f"<ticket {len(names) + 1}>")
    return value


def record(file: Path) -> None:
    """Play everything and write it down, a step a line."""
    chapters = []
    for chapter in CHAPTERS:
        with TemporaryDirectory(prefix="nightdesk-") as folder:
            names: dict[str, str] = {}
            steps = [recorded_form(played, names) for played in play(chapter, Path(folder))]
        lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
        chapters.append(f"{json.dumps(chapter.name)}: [\n{lines}\n]")
    file.write_text("{\n" + ",\n".join(chapters) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
