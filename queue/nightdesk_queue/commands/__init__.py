"""What people do at the desk: each command one unit of work, written whole or not at all.

`arriving` gives numbers and checks in, `calling` is the doctor's evening, `reporting` both for a patient at a kiosk;
`moving` changes where or how a patient waits, `running` suspends and moves whole clinics, `printing` asks for slips,
`taking_back` undoes; `base` is the step they all take. Commands take `now` and who acts; they raise `Refused` when a
rule says no and `Fault` when the database fails. Reading is in `view.py`.
"""

from nightdesk_queue.commands.clinic_operations import Running
from nightdesk_queue.commands.kiosk_check_in import Reporting
from nightdesk_queue.commands.slip_printing import Printing
from nightdesk_queue.commands.steps import new_id
from nightdesk_queue.commands.transferring import Moving
from nightdesk_queue.commands.undo import TakingBack, Undone

__all__ = ["Desk", "Undone", "new_id"]


class Desk(Reporting, Moving, Running, Printing, TakingBack):
    """The commands of one hospital's queue on one database connection."""
