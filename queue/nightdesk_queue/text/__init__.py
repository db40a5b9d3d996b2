"""Text: sentences in two languages, words from outside made safe, names made discreet, numbers drawn as dots.

May touch: nothing. Promises: what a person reads exists in Chinese and in English.
"""
