"""`nightdesk`, and `python -m nightdesk_kiosk`, which is the same."""

from __future__ import annotations

import os

from nightdesk_kiosk.collector import importing


def main() -> None:
    """Run the command line of this process and exit."""
    # before Textual is imported: a change is drawn within 8 ms, not within 16, and nothing is drawn without one
    os.environ.setdefault("TEXTUAL_FPS", "120")
    with importing():
        from nightdesk_kiosk import cli  # noqa: PLC0415 - the import is what this is about

    cli.main()


if __name__ == "__main__":
    main()
