"""The voice: calls spoken one after the other, so that they are understood.

What lives here: `words` (what is said, pure), `pinyin` (how Mandarin is read), `sound` (samples, pure), `speaking` (a
call's or a page's sound from clips or espeak-ng), `speakable` (a page's words as they are said, pure), `playing` (finds
and runs a player), `worker` (says each call in turn).
What it may touch: the queue's database, a folder of clips, espeak-ng, a sound player.
What it promises: a call that is over is not spoken; one that nobody could hear is spoken when it can be.
"""
