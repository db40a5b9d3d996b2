"""`python -m nightdesk_kiosk` is `nightdesk`."""

from nightdesk_kiosk.cli import main

main()
