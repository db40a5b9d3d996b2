"""Call screens: what they show, the bytes that say it, and the worker that keeps a line telling the truth.

What lives here: `screen_state` (what a screen shows, computed from the database); `textsign`, `fitting`, `room_names`,
`turns` (how it is said in little room); `protocols` over `onbon`, `modbus`, `pole`, `asciiline`, `boardframe` (as pure
bytes); `line_worker` (the worker that owns one serial line) with `screen_upkeep` (one display on it) and `line_timing`;
`voice` (calls spoken); `virtual` (signs of software, to test and train with, which know nothing of the rest).
What it may touch: the queue's database, the lines of `nightdesk_ports`, a sound player. It does not know printers,
kiosk or Textual.
What it promises: after every change and every reconnect the whole present state is sent, never a backlog; calls are
spoken one after the other, none that is no longer true.
"""
