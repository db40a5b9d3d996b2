"""Recorded steps with patients: how they arrive, are called, move on, and what is taken back."""

from __future__ import annotations

from playing import Chapter

ARRIVING = Chapter(
    "arriving",
    """
    17:35 bookings list
    17:35 queue
    17:35 events
    # who telephones
    17:35 expect tcm-night --name 张三 --phone 13812345678 --at 18:30 --priority elderly --key booking-1
    17:35 expect tcm-night --name 张三 --phone 13812345678 --at 18:30 --priority elderly --key booking-1
    17:36 expect tcm-night --name 李四
    17:36 expect bone --phone "+86 10 8888" --priority veteran --priority pregnant
    17:36 expect tcm-night --at 2026-03-03T18:00 --name Zhao
    17:36 expect tcm-night --at "2026-03-02 19:40" --name Sun
    17:36 expect tcm-night --at 17:00
    17:36 expect tcm-night --at 22:00
    17:36 expect tcm-night --at late
    17:36 expect nowhere
    17:36 expect tcm-night --priority king
    17:36 expect bone --key booking-1
    17:36 expect
    22:30 expect tcm-night
    17:37 bookings list
    17:37 queue tcm-night
    17:37 show N001
    17:37 call N001 --room tcm-1
    17:37 print reprint N001
    # who arrives
    17:20 check-in N001
    18:20 check-in N001 --kiosk lobby-1
    18:21 check-in N001
    18:21 check-in N002
    18:21 check-in N004
    18:21 check-in N099
    18:21 check-in N002 --kiosk nowhere
    18:21 check-in B001 --kiosk lobby-9
    18:21 check-in B001
    20:15 check-in N003
    18:22 bookings list
    # who takes a number
    18:30 issue tcm-night
    18:30 issue tcm-night --name 王芳 --priority pregnant --key a-key --kiosk lobby-1 --language en
    18:31 issue tcm-night --name 王芳 --priority pregnant --key a-key --kiosk lobby-1 --language en
    18:31 issue tcm-night --level 3 --priority elderly --priority disabled --language zh
    18:32 issue bone --level 4 --name "  Smith,   John "
    18:32 issue er
    18:32 issue postpartum --kiosk lobby-1
    18:32 issue service
    18:33 issue nowhere
    18:33 issue tcm-nigth
    18:33 issue bone --priority king
    18:33 issue bone --level 1
    18:33 issue bone --level 2
    18:33 issue bone --level 9
    18:33 issue bone --level three
    18:33 issue bone --language fr
    18:33 issue bone --kiosk lobby-9
    18:33 issue er --kiosk lobby-1
    18:33 issue bone --level 3 --kiosk lobby-1
    18:33 issue bone --extra --kiosk lobby-1
    18:33 issue service --key a-key
    18:33 issue bone --key ""
    18:33 issue bone --unknown
    18:33 issue
    12:00 issue tcm-night
    20:45 issue tcm-night
    2026-03-07T18:00 issue postpartum
    2026-02-17T18:00 issue tcm-night
    20:50 issue tcm-night --extra
    21:05 issue tcm-night --extra
    # looking
    18:34 show N005
    18:34 show n5
    18:34 show {id:N005}
    18:34 show N099
    18:34 show ""
    18:34 show 123456789012345678
    18:34 queue
    18:34 queue tcm-night
    18:34 queue nowhere
    12:00 queue postpartum
    18:35 print jobs
    18:35 report
    18:35 no-shows
    21:30 no-shows
    21:31 bookings list
    21:31 report
    # every number of the day before is still known
    2026-03-03T18:00 show N005
    2026-03-03T18:00 issue tcm-night
    2026-03-03T18:00 check-in N003
    2026-03-03T18:00 report --days 2
    2026-03-03T18:00 events
    """,
)

CALLING = Chapter(
    "calling",
    """
    18:00 call --room tcm-1
    18:00 issue tcm-night --name 甲
    18:00 issue tcm-night --name 乙
    18:00 issue tcm-night --name 丙 --priority elderly
    18:01 issue tcm-night --name 丁 --level 3
    18:01 issue tcm-night --name 戊
    18:02 queue tcm-night
    18:02 call --room tcm-1
    18:02 call --room tcm-1
    18:02 call --room tcm-2 N005
    18:02 call --room tcm-2 N004
    18:02 call --room cellar
    18:02 call --room bone-1 N001
    18:02 call --room tcm-2 N099
    18:02 call
    18:03 recall N004
    18:03 recall N001
    18:03 recall N099
    18:03 finish N004
    18:04 start N004
    18:04 start N004
    18:05 start N005
    18:05 queue tcm-night
    18:05 call --room tcm-1
    18:14 finish N004
    18:14 finish N004
    18:14 hold N005 --to 放射科
    18:14 hold N005
    18:14 show N005
    18:15 call --room tcm-2
    18:15 miss N001
    18:16 miss N003
    18:16 miss N003
    18:16 queue tcm-night
    18:17 rejoin N003
    18:17 rejoin N003
    18:17 hold N002
    18:18 call --room tcm-2
    18:18 miss N001
    18:19 call --room tcm-2
    18:19 return N005
    18:19 return N005
    18:19 return N002
    18:19 cancel N003
    18:19 cancel N003
    18:20 queue tcm-night
    18:21 start N099
    18:21 hold N099
    18:21 return N099
    18:21 miss N099
    18:21 rejoin N099
    18:21 cancel N099
    18:21 finish N099
    18:22 rejoin N001
    18:22 cancel N001
    18:23 cancel N002
    18:23 cancel N005
    # missed three times: the ticket lapses
    18:30 issue bone --name 己
    18:31 call --room bone-1
    18:32 miss B001
    18:33 rejoin B001
    18:33 call --room bone-1
    18:33 call --room bone-1 B001
    18:34 miss B001
    18:35 rejoin B001
    18:37 call --room bone-1
    18:38 miss B001
    18:38 rejoin B001
    18:39 show B001
    18:39 queue bone
    # one at an examination too long, one waiting too long
    18:40 issue bone
    18:41 hold B002 --to "X-ray, building 3"
    18:42 issue bone
    20:30 queue bone
    20:31 return B002
    20:31 call --room bone-1
    # after a few calls
    20:32 report
    20:32 report --forecast
    20:32 events
    20:32 events --after 20
    20:32 events --after 4000
    20:32 events --after -1
    20:32 @interrupted events --follow --after 36
    """,
)

MOVING = Chapter(
    "moving",
    """
    18:00 issue er --name 王芳 --priority pregnant
    18:00 issue er
    18:00 issue er
    18:01 issue bone
    18:01 issue tcm-night
    18:02 level E002 3
    18:02 level E002 3
    18:02 level E002 4
    18:02 level E002 1
    18:02 level E002 2
    18:02 level E002 5
    18:02 level E002 high
    18:02 level E099 3
    18:02 level E002
    18:05 transfer E001 --to tcm-night --level 3 --reason 感冒
    18:05 transfer E001 --to tcm-night
    18:05 transfer E001 --to nowhere
    18:05 transfer E099 --to tcm-night
    18:05 transfer B001 --to tcm-night
    18:05 transfer E002 --to tcm-night --level 1
    18:05 transfer E002 --to tcm-night --level 0
    18:05 transfer E002
    12:00 transfer E002 --to postpartum
    18:06 transfer N001 --to service --back --reason "blood pressure"
    18:06 show N001
    18:07 call --room counter-1
    18:08 start N001
    18:12 finish N001
    18:12 show N001
    18:12 queue tcm-night
    18:13 call --room tcm-1
    18:14 start E001
    18:15 transfer E001 --to service --no-back
    18:15 call --room counter-1
    18:16 start E001
    18:20 finish E001
    18:20 transfer E001 --to bone
    # a way back that is closed, or suspended
    18:21 call --room tcm-1 N001
    18:21 transfer N001 --to service --back
    18:22 call --room counter-2
    18:22 start N001
    18:23 transfer E002 --to service --back
    18:24 suspend tcm-night --notice "医生急诊, back at 20:00"
    18:24 suspend tcm-night
    18:25 finish N001
    18:25 show N001
    18:25 issue tcm-night
    18:25 issue tcm-night --extra
    18:25 expect tcm-night --at 19:00
    18:25 transfer E003 --to tcm-night
    18:25 queue tcm-night
    18:26 resume tcm-night
    18:26 resume tcm-night
    18:26 suspend nowhere
    18:26 resume nowhere
    18:26 expect tcm-night --at 18:40 --name 周
    18:27 suspend tcm-night --notice typhoon
    18:28 check-in N002
    18:28 queue tcm-night
    18:29 resume tcm-night
    # other rooms
    18:30 move bone --to tcm-2 --notice "2nd floor"
    18:30 queue bone
    18:30 queue tcm-night
    18:31 call --room tcm-2
    18:31 move tcm-night --to bone-1
    18:31 move service --to er-1 --to er-2
    18:31 move bone --to nowhere
    18:31 move nowhere --to tcm-1
    18:31 move bone --to
    18:32 move bone
    18:32 move bone
    18:32 call --room bone-1
    18:32 move postpartum --to pp-1 --to er-2
    18:33 call --room er-1
    18:33 move tcm-night --to tcm-1 --to bone-1
    18:34 queue
    18:34 print jobs
    18:34 print reprint E001
    18:35 report
    18:35 events
    """,
)

UNDOING = Chapter(
    "undoing",
    """
    18:00 undo
    18:00 undo --station console
    18:00 issue bone --key again
    18:01 undo
    18:01 issue bone --key again
    18:02 issue bone --kiosk lobby-1
    18:03 call --room bone-1
    18:03 undo
    18:04 call --room bone-1
    18:04 start B002
    18:05 undo
    18:06 start B002
    18:12 finish B002
    18:12 undo
    18:13 hold B002 --to X-ray
    18:13 undo
    18:13 hold B002
    18:14 return B002
    18:14 undo
    18:15 transfer B002 --to service --level 3 --back
    18:15 undo
    18:16 cancel B002
    18:16 undo
    18:17 level B003 3
    18:17 undo
    18:18 suspend bone --notice flood
    18:18 undo
    18:19 move bone --to tcm-2
    18:19 undo
    18:20 expect bone
    18:20 check-in B004
    18:20 undo
    18:20 undo
    18:21 undo --station kiosk:lobby-1
    18:22 undo --station kiosk:lobby-1
    18:23 undo --station cli --actor wang
    18:23 issue bone --actor wang
    18:23 undo --station cli --actor wang
    18:24 issue service --kiosk lobby-1
    18:24 call --room counter-1
    18:24 undo --station kiosk:lobby-1
    18:25 miss S001
    18:26 rejoin S001
    18:26 undo
    18:26 undo
    18:27 undo
    18:27 issue bone
    18:28 call --room bone-1
    18:28 miss B006
    18:30 rejoin B006
    18:32 call --room bone-1
    18:32 miss B006
    18:34 rejoin B006
    18:36 call --room bone-1
    18:36 miss B006
    18:37 show B006
    18:37 undo
    # somebody else is in the room by now
    18:38 miss B006
    18:39 issue bone --actor wang
    18:39 call --room bone-1 B007 --actor wang
    18:40 undo --actor li
    18:41 suspend bone --actor wang
    18:41 suspend bone --notice flood
    18:42 undo --actor wang
    2026-03-03T08:00 undo
    2026-03-03T08:00 events
    """,
)
