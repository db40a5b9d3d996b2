"""`nightdesk`, and `python -m nightdesk_kiosk`, which is the same."""

from __future__ import annotations

from nightdesk_kiosk.importing import importing


def main() -> None:
    """Run the command line of this process and exit."""
    with importing():
        from nightdesk_kiosk import cli  # noqa: PLC0415 - the import is what this is about

    cli.main()


if __name__ == "__main__":
    main()
