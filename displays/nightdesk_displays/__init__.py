"""Call screens: what they show, the bytes that say it, and the worker that keeps a line telling the truth.

What lives here: `state` (what a screen shows, computed from the database), `onbon` and `boardframe` (protocols as
pure bytes), `line` (the worker that owns one serial line).
What it may touch: the queue's database and serial ports. It does not know the printers, the kiosk or Textual.
What it promises: after every change and every reconnect the whole present state is sent, never a backlog.
"""
