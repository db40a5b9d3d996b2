"""A virtual call screen in a terminal: it draws what stands on it, and breaks by a word on standard input."""
