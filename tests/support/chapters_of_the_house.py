"""Recorded steps around the patients: ends of sessions, pages, slips, bookings, simulation, faults, devices."""

from __future__ import annotations

from playing import Chapter
from surroundings import (
    VOICE,
    devices_around,
    faulty_configurations,
    files_of_bookings,
    files_of_nights,
    services,
    unusable_databases,
)

ENDING = Chapter(
    "ending",
    """
    17:40 issue tcm-night --name 甲
    17:40 issue tcm-night --name 乙
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:42 expect tcm-night --at 18:00 --name 庚
    17:42 expect tcm-night --name 辛
    17:42 expect bone --name 壬
    17:43 call --room tcm-1
    17:44 start N001
    17:50 call --room tcm-2
    17:51 miss N002
    17:52 hold N003
    20:30 call --room tcm-2
    20:35 issue tcm-night
    20:36 leftover list
    20:36 leftover serve N001
    # nothing is ever purged
    21:10 leftover list
    21:10 leftover list tcm-night
    21:10 leftover list nowhere
    21:10 leftover serve N001 N005
    21:10 leftover serve N001 N099
    21:10 leftover serve
    21:11 leftover release N002 N004
    21:11 leftover release N002
    21:11 leftover move N003 --to service
    21:11 leftover move N005 --to bone
    21:11 leftover move N005 --to nowhere
    21:11 leftover move N005
    21:12 leftover move N006 --to tcm-night
    21:12 leftover list
    21:12 no-shows
    21:12 no-shows
    21:13 finish N001
    21:13 report
    21:13 report --day 2026-03-02
    21:13 report --day 2026-03-01
    21:13 report --day soon
    21:13 report --days 0
    21:13 report --days 7
    21:13 report --forecast
    21:13 report --forecast --days 3
    21:13 report --forecast --day 2026-03-09
    21:14 print list tcm-night
    2026-03-03T18:00 leftover list
    2026-03-03T18:00 leftover serve N006
    2026-03-03T18:00 leftover release N006
    2026-03-03T18:01 no-shows
    2026-03-03T18:01 queue
    2026-03-03T18:01 events
    """,
)

PAGING = Chapter(
    "paging",
    """
    21:59 issue bone
    21:59 page list
    21:59 page ack
    23:00 issue bone --name 王芳
    23:01 issue bone
    23:02 issue bone
    23:02 issue bone
    23:03 page list
    23:03 page list --last 2
    23:03 page list --last 0
    23:03 print jobs
    23:04 page ack B002
    23:04 page ack B002
    23:04 page ack B099
    23:04 page ack 2 --actor wang
    23:05 call B004 --room bone-1
    23:05 page list
    23:06 undo
    23:06 page list
    23:07 page ack
    23:07 page ack
    23:08 issue er
    23:09 transfer E001 --to bone
    23:09 cancel E001
    23:10 page list --last 1
    2026-03-03T03:00 issue bone
    2026-03-03T03:00 page list --last 1
    2026-03-03T03:01 report
    2026-03-03T03:01 events
    """,
)

PRINTING = Chapter(
    "printing",
    """
    18:00 print jobs
    18:00 print retry
    18:00 print status
    18:00 issue bone
    18:00 issue er
    18:01 transfer E001 --to bone
    18:01 print jobs
    18:01 print jobs --last 1
    18:01 print jobs --last 0
    18:02 print status
    18:02 print reprint B001
    18:02 print reprint B001
    18:02 print reprint E001 --printer duty-room
    18:02 print reprint B001 --printer nowhere
    18:02 print reprint B099
    18:02 print reprint
    18:03 print retry 1
    18:03 print retry 1 --to duty-room
    18:03 print retry 1 --to nowhere
    18:03 print retry 99
    18:03 print retry 0
    18:03 print retry first
    18:03 print retry --to nowhere
    18:03 print retry --to duty-room
    18:04 print test lobby
    18:04 print test nowhere
    18:04 print test
    18:05 print list bone
    18:05 print list bone --day 2026-03-01 --printer duty-room
    18:05 print list bone --day soon
    18:05 print list bone --printer nowhere
    18:05 print list nowhere
    18:06 print preview ticket --png {folder}/ticket.png
    18:06 print preview transfer --png {folder}/transfer.png --ticket E001
    18:06 print preview test --png {folder}/test.png --printer duty-room
    18:06 print preview ticket --png {folder}/no/ticket.png
    18:06 print preview ticket --png {folder}/ticket.unknown
    18:06 print preview ticket --ticket B099
    18:06 print preview ticket --printer nowhere
    18:06 print preview letter
    18:06 print template letter
    18:07 print
    18:07 print dance
    18:07 print jobs
    18:07 print status
    18:07 display status
    18:07 display test lobby-sign
    18:07 display test nowhere
    18:07 display test
    18:07 voice status
    18:08 events
    """,
)

OTHER_RULES = Chapter(
    "other rules",
    """
    17:30 expect tcm-night --at 17:50 --name 甲
    17:31 issue tcm-night
    17:32 issue tcm-night --priority elderly
    17:32 issue tcm-night
    17:33 expect tcm-night
    17:33 issue tcm-night --extra
    17:34 issue er
    17:34 issue er
    17:34 issue bone
    17:44 transfer E001 --to tcm-night
    17:44 transfer E002 --to tcm-night
    17:45 transfer B001 --to service
    17:45 check-in N001
    17:46 queue tcm-night
    17:50 call --room tcm-1
    17:50 start N001
    17:51 call --room tcm-2
    17:51 miss N003
    17:52 show N003
    17:52 issue postpartum
    17:53 call --room counter-1
    17:53 start B001
    17:54 finish B001
    17:54 show B001
    20:36 issue postpartum
    17:55 queue
    17:55 print jobs
    17:55 events
    """,
    changes=(
        ("quota = 40", "quota = 3"),
        ('rule         = "interleave"', 'rule = "accumulate"\nrates = { elderly = 2.0, first = 1.0 }'),
        ('booked       = "equal"', 'booked = "first"'),
        ("lapse_after  = 3", "lapse_after = 1"),
        ('credit       = "arrival"', 'credit = "half"\nquota = 1'),
        ('id        = "service"', 'id = "service"\nprinter = "duty-room"\ntransfer = { way_back = true }'),
    ),
)

BOOKINGS = Chapter(
    "bookings",
    """
    17:00 bookings import {folder}/good.csv
    17:00 bookings import {folder}/good.csv
    17:01 bookings import {folder}/chinese.csv
    17:02 bookings import {folder}/faults.csv
    17:02 bookings import {folder}/faults.csv --lang zh
    17:03 bookings import {folder}/headings.csv
    17:03 bookings import {folder}/picture.csv
    17:03 bookings import {folder}/none.csv
    17:03 bookings import
    17:03 bookings
    17:04 bookings list
    18:10 check-in N001
    18:10 cancel N002
    18:11 bookings import {folder}/good.csv
    18:11 queue postpartum
    21:05 no-shows
    21:05 bookings list
    21:05 events
    """,
    setting=files_of_bookings,
)

SIMULATING = Chapter(
    "simulating",
    """
    18:00 simulate --nights 1 --seed 3
    18:00 simulate --nights 1 --clinic tcm-night --clinic bone
    18:00 simulate --nights 1 --clinic tcm-night --rooms 1 --per-hour 6 --no-show 0.2 --examination 0.3 --priority 0.5
    18:00 simulate --nights 1 --clinic tcm-night --clinic bone --arrivals {folder}/arrivals.csv
    18:00 simulate --nights 1 --clinic tcm-night --consultations {folder}/consultations.csv
    18:00 simulate --nights 1 --clinic tcm-night --against {folder}/other.toml --plot {folder}/night.svg
    18:00 simulate --clinic nowhere
    18:00 simulate --nights 0
    18:00 simulate --no-show 2
    18:00 simulate --plot {folder}/night.gif
    18:00 simulate --nights 1 --clinic service --per-hour 1 --plot {folder}/no/night.svg
    18:00 simulate --arrivals {folder}/none.csv
    18:00 simulate --arrivals {folder}/no-arrivals.csv
    18:00 simulate --arrivals {folder}/long.csv
    18:00 simulate --arrivals {folder}/wrong.csv
    18:00 simulate --arrivals {folder}/headings.csv
    18:00 simulate --arrivals {folder}/picture.csv
    18:00 simulate --consultations {folder}/none.csv
    18:00 simulate --consultations {folder}/empty.csv
    18:00 simulate --consultations {folder}/wrong.csv
    18:00 simulate --against {folder}/none.toml
    """,
    setting=files_of_nights,
)

CONFIGURATIONS = Chapter(
    "configurations",
    """
    18:00 queue --config {folder}/many-faults.toml
    18:00 check --config {folder}/many-faults.toml
    18:00 queue --config {folder}/no-name.toml
    18:00 queue --config {folder}/both-hours.toml
    18:00 queue --config {folder}/no-toml.toml
    18:00 queue --config {folder}/empty.toml
    18:00 queue --config {folder}/gb18030.toml
    18:00 queue --config {folder}/none.toml
    18:00 queue --config {folder}
    18:00 print preview ticket
    # wrong usage
    18:00 dance
    18:00 queue tcm-night bone
    18:00 queue --dance
    18:00 queue --lang fr
    18:00 queue --now yesterday
    18:00 queue --now 1066-10-14T09:00
    18:00 queue --now ""
    18:00 queue --actor ""
    18:00 queue --config ""
    18:00 page dance
    18:00 leftover
    18:00 sign --port 99999
    18:00 sign --port {folder}/no-such-line
    18:00 sign --protocol morse
    18:00 printer --fault fire
    18:00 printer --paper 60
    18:00 demo --speed 0
    # no terminal, and one that is too small
    18:00 lobby
    18:00 lobby --kiosk nowhere
    18:00 console
    18:00 board
    18:00 @tiny lobby
    """,
    changes=(("[hl7]\n", '[printing]\ntemplates = "layouts"\n\n[hl7]\n'),),
    setting=faulty_configurations,
)

DATABASES = Chapter(
    "databases",
    """
    18:00 queue bone --database sqlite:///{folder}/newer.db
    18:00 issue bone --database sqlite:///{folder}/foreign.db
    18:00 issue bone --database sqlite:///{folder}/letter.db
    18:00 issue bone --database sqlite:///{folder}/scrap.db
    18:00 issue bone --database sqlite:///{folder}/damaged.db
    18:00 issue bone --database sqlite:///{folder}/no/night.db
    18:00 issue bone --database sqlite:///{folder}
    18:00 issue bone --database oracle://night
    18:00 issue bone --database ""
    18:00 run --database sqlite:///{folder}/no/night.db
    18:00 @full queue bone
    """,
    setting=unusable_databases,
)

CHECKING = Chapter(
    "checking",
    """
    18:00 check
    18:00 check --lang zh
    18:00 issue bone
    18:00 check --config {folder}/layout.toml
    18:00 check --config {folder}/mute.toml
    18:00 print test duty-room
    18:00 check --config {folder}/one-printer.toml
    18:00 check --database sqlite:///{folder}/no/night.db
    18:00 print status
    18:00 display status
    18:00 voice status
    18:00 voice test N012 --room tcm-1 --wav {folder}/call.wav
    18:00 voice test N012 --room tcm-1
    18:00 voice test N012 --room tcm-1 --config {folder}/mute.toml
    18:00 voice test N012 --room tcm-1 --wav {folder}/no/call.wav
    18:00 voice test N012 --room nowhere
    18:00 voice test ""
    18:00 voice test
    """,
    changes=VOICE,
    setting=devices_around,
)

SERVING = Chapter(
    "serving",
    """
    18:30 @settled print status
    18:30 @settled display status
    18:30 issue bone
    18:30 issue tcm-night
    18:30 @settled print jobs
    18:30 print retry 1
    18:30 print reprint B001
    18:30 print test duty-room
    18:30 @settled print jobs
    18:30 print retry
    18:30 display test counter-pole
    18:30 display test lobby-sign
    18:30 voice status
    """,
    setting=services,
)
