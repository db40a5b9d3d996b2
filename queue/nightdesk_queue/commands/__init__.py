"""What people and services do: every write of the program is a command here.

What lives here: functions over `Work` (an open transaction, the hospital, the moment, who acts), in a module for each
thing people do.
What it may touch: the transaction it is given.
What it promises: a command is written whole or not at all and leaves its events. `rules/permissions` is asked before it
begins. It raises `Refused` when a rule says no, and nothing has changed then.
"""

from nightdesk_queue.commands.work import Work

__all__ = ["Work"]
