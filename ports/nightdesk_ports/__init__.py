"""Lines to devices: serial ports, TCP connections and pseudo-terminals, for printers and call screens alike.

What lives here: opening and closing (`serial_lines`, `tcp`), reading and writing (`descriptor`), pauses between
attempts (`backoff`), why a line failed (`causes`), the far end of a line for virtual devices (`emulated_lines`).
What it may touch: serial ports, sockets, descriptors; of the core only its texts. It knows no protocol and no device.
What it promises: no call waits longer than it was told to; every failure is an error of `causes.LINE_ERRORS`, and
`causes.cause_of` gives it a code with words in both languages.
"""
