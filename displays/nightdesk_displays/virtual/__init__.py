"""Call screens of software that behave like real ones, for tests and training: the other side of the line.

What lives here: `sign` is a screen. `onbon_reader`, `modbus_reader`, `pole_reader`, `line_reader` and `board_reader`
read its bytes and make its answers, with checksums from `crc`. `drawing` shows a screen in a terminal, `server` puts
screens on a line.
What it may touch: lines (`server` alone). A contract keeps out all that makes the frames, its libraries included.
What it promises: any bytes in any pieces are read without an error. What is read was written by the protocol's rules.
"""
