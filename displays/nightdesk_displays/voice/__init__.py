"""The voice: calls spoken one after the other, so that they are understood.

`words` is what is said (pure), `pinyin` how Mandarin is read, `sound` joins, fades and stores samples (pure),
`speaking` makes a call's sound from clips or espeak-ng, `playing` finds a player, `worker` says each call in turn.
What it may touch: the queue's database, clips, espeak-ng and a player as programs. It knows no serial line.
What it promises: one sound at a time, each to its end; a call nobody could hear is said again while it is true.
"""
