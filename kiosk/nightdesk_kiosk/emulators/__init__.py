"""A virtual printer to train and test with: its paper on the screen, its faults by key. `app` is the full-screen app,
`plain` the same without a terminal, with faults by words on standard input."""
