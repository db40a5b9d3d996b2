"""Begins a program as a person's shell would: `beginning.py [--terminal] [--no-stderr] -- PROGRAM ARGUMENT...`.

A program of its own instead of a function between fork and exec: where other threads run, such a function may wait for
ever for a lock that one of them held at the fork.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios


def beginning(*options: str) -> list[str]:
    """Return what stands before a command so that it begins so."""
    return [sys.executable, "-I", "-S", __file__, *options, "--"]


def main() -> None:
    """Become the program."""
    at = sys.argv.index("--")
    options, command = sys.argv[1:at], sys.argv[at + 1 :]
    # a runner in the background of a shell ignores it, and Ctrl+C would mean nothing
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if "--terminal" in options:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if "--no-stderr" in options:
        os.close(2)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
