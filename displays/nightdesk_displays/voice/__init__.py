"""The voice: calls spoken one after the other, so that they are understood.

`words` is what is said (pure), `pinyin` how Mandarin is read, `sound` joins, fades and stores samples (pure),
`speaking` makes a call's sound from clips or espeak-ng, `playing` finds a player, `worker` says each call in turn.
"""
