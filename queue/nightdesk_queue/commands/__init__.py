"""What people and services do: every write of the program is a command here.

What lives here: functions over `Work` (an open transaction, the hospital, the moment, who acts), in a module for each
thing people do. What they may touch: the transaction they are given. What they promise: a command is written whole or
not at all; it leaves its events; it asks `rules/permissions` whether its actor may; it raises `Refused` when a rule
says no, and nothing has changed then.
"""

from nightdesk_queue.commands.work import Work

__all__ = ["Work"]
