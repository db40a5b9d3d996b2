"""Virtual devices as programs, to train and test with: `nightdesk printer` and `nightdesk sign`.

What lives here: `printer_program`, `printer_app` (with a terminal) and `printer_plain` (without one), `sign_program`,
`fault_words` (faults by words on standard input).
What it may touch: the virtual devices of printers and displays, Textual, standard input and output. No database.
What it promises: a virtual device behaves like a real one on its line, and fails as it is told to.
"""
