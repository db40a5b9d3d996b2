"""Pieces all screens share: something to tap, large numbers, and the app they run in."""
