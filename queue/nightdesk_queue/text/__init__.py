"""Text: sentences in two languages, words from outside made safe, names made discreet, numbers drawn as dots.

What lives here: `bilingual` (the pair of Chinese and English), `catalogues` (further languages), `cleaning` (words from
outside), `dot_matrix` (large numbers).
What it may touch: nothing.
What it promises: what a person reads exists in Chinese and in English.
"""
