"""Call screens: what they show, the bytes that say it, and the worker that keeps a line up to date.

What lives here: `screen_state` (what a screen shows), `fitting`, `room_names`, `textsign` and `turns` (in little room),
`onbon`, `modbus`, `pole`, `asciiline`, `boardframe` and `protocols` (bytes, pure), `line_worker` (owns one line),
`line_timing`, `screen_upkeep` (one display of it),
`voice` (calls spoken), `virtual` (signs of software).
What it may touch: the queue's database, the lines of `nightdesk_ports`, a sound player; no printers, no kiosk.
What it promises: after every change and every reconnect the whole present state is sent, never a backlog; calls are
spoken one after the other, none that is no longer true.
"""
