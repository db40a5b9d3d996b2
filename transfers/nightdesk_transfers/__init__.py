"""Transfers from another system of the hospital: HL7 v2 over MLLP, in both directions.

What lives here: frames, messages as types, answers, the listener, and notices that go back to the emergency room.
What it may touch: sockets, and the core's commands and queries; no screen and no device.
What it promises: an answer is sent only when what it says is durable; the same message again gets the same answer and
does nothing twice; no sender, whatever it sends, ends the listener or another connection.
"""
