"""The sound of a call or a page: recorded clips where a folder has them all, otherwise espeak-ng.

A folder of clips holds one folder a language (`zh`, `en`) with `please.wav`, `number.wav`, `go_to.wav`, `0.wav` …
`9.wav`, `A.wav` … and `room-<id>.wav`; for pages `doctor.wav` and `clinic-<id>.wav`; `chime.wav` beside the languages
replaces the chime. What a kiosk says is one clip a page, `prompt-<key>.wav`, in the folder of its language (`ja`, too).
A clip that cannot be read costs no call: the engine speaks in its place, and `spoiled` tells.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nightdesk_displays.voice.pinyin import read, read_masked
from nightdesk_displays.voice.sound import Sound, chime, from_wav, joined, silence
from nightdesk_displays.voice.speakable import by_language, sentences
from nightdesk_displays.voice.words import Spoken, SpokenPage, Word, sentence, words_of
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Language, Text

VOICES: dict[Language, str] = {"zh": "cmn-latn-pinyin", "en": "en"}
"""espeak-ng's `cmn` reads pinyin as English in Debian 12; this one takes pinyin with tone numbers."""
SPEED = "140"
"""Words a minute: slower than espeak-ng's 175, for a large hall and for older people."""
PROMPT_SPEED = "120"
"""Words a minute of a page, which is heard once and by people who cannot read it."""
ESPEAK_SECONDS = 20
REST_SECONDS = 0.35
HEADER_BYTES = 44
"""Length of the header of a plain WAV file."""
NO_ESPEAK = Text(
    zh="没有 espeak-ng，也没有齐全的录音；安装 espeak-ng，或在 [voice] clips 中放录音",
    en="there is no espeak-ng and no complete set of clips; install espeak-ng or give [voice] clips",
)
NO_VOICE_FOR = Text(
    zh="语言 {language} 没有 espeak-ng 语音；在语言文件中写 espeak，或放录音 {clip}",
    en="there is no voice of espeak-ng for {language}; name one in its catalogue, or record {clip}",
)
ESPEAK_FAILED = Text(zh="espeak-ng 出错：{e}", en="espeak-ng failed: {e}")


class Speaker:
    """Makes sounds of calls. `clips`: the folder of recorded words, None without one.

    `spoiled`: what was wrong with a clip of the newest call, None where all were fine.
    """

    def __init__(self, clips: Path | None = None, lexicon: Mapping[str, str] | None = None) -> None:
        self.spoiled: Fault | None = None
        self._clips = clips
        self._lexicon = lexicon or {}

    def call(self, spoken: Spoken | SpokenPage, languages: Sequence[Language], repeat: int) -> Sound:
        """Return a whole announcement: chime, each language, so many times. Raises Fault (no_voice, clip)."""
        self.spoiled = None
        said = [self._in(spoken, language) for language in languages]
        once = [part for one in said for part in (silence(REST_SECONDS, one.rate), one)]
        return joined([self._chime(), *once * repeat])

    def missing(self, spoken: Spoken | SpokenPage, language: Language) -> list[Path]:
        """Return the clips that are not there and that would be needed to say something without the engine."""
        return [file for file in self._files(words_of(spoken, language), language) if not file.is_file()]

    def try_engine(self, language: Language) -> None:
        """Raise Fault("no_voice") where a language can only be spoken from clips."""
        if language == "zh":
            read("", {})
        self._synthesised("0", VOICES[language])

    def try_prompt(self, language: str, voice: str) -> None:
        """Raise Fault (no_voice, no_pinyin) where the engine cannot read pages aloud in a language."""
        if language == "zh":
            read("", {})
        self._slowly("0", language, voice)

    def prompt(self, words: str, language: str, voice: str, key: str) -> Sound:
        """Return the words of a kiosk's page, slowly: its clip where there is one, else by the engine.

        `voice`: espeak-ng's for the language; `key`: of the clip `prompt-<key>.wav`, empty for words that vary. Raises
        Fault (no_voice, no_pinyin, clip).
        """
        return _with_rests(self.prompt_parts(words, language, voice, key))

    def prompt_parts(self, words: str, language: str, voice: str, key: str) -> Iterator[Sound]:
        """Yield the words of a kiosk's page as `prompt` says them, each sentence when it is asked for."""
        self.spoiled = None
        clip = self._clips / language / f"prompt-{key}.wav" if self._clips and key else None
        if clip is None or not clip.is_file():
            yield from self._sentences(words, language, voice)
            return
        try:
            yield _clip(clip)
        except Fault as fault:
            yield self._in_place_of(fault, lambda: _with_rests(self._sentences(words, language, voice)))

    def text(self, text: str) -> Sound:
        """Return any text as speech: Chinese where it has Chinese, else English. Raises Fault("no_voice")."""
        if any(unicodedata.name(char, "").startswith("CJK UNIFIED") for char in text):
            return self._synthesised(read(text, self._lexicon), VOICES["zh"])
        return self._synthesised(text, VOICES["en"])

    def _in(self, spoken: Spoken | SpokenPage, language: Language) -> Sound:
        words = words_of(spoken, language)
        try:
            if clips := self._recorded(words, language):
                return joined(clips)
            return self._by_engine(spoken, language)
        except Fault as fault:
            if fault.code != "clip":
                raise
            return self._in_place_of(fault, lambda: self._by_engine(spoken, language))

    def _in_place_of(self, spoiled: Fault, other: Callable[[], Sound]) -> Sound:
        """Return another sound for a clip that cannot be used. Raises the clip's Fault where there is none."""
        self.spoiled = spoiled
        try:
            return other()
        except Fault:
            raise spoiled from None

    def _by_engine(self, spoken: Spoken | SpokenPage, language: Language) -> Sound:
        words = words_of(spoken, language)
        if language == "zh":
            return self._synthesised(" ".join(self._reading(word, spoken) for word in words), VOICES[language])
        return self._synthesised(sentence(words, language), VOICES[language])

    def _reading(self, word: Word, spoken: Spoken | SpokenPage) -> str:
        if word.text.isascii():
            return word.text
        if isinstance(spoken, Spoken) and spoken.name and word.key == f"name:{spoken.name}":
            return read_masked(spoken.whole_name or spoken.name, spoken.name, self._lexicon)
        return read(word.text, self._lexicon)

    def _sentences(self, words: str, language: str, voice: str) -> Iterator[Sound]:
        for one in sentences(words, language):
            yield joined([self._slowly(text, own, voice) for own, text in by_language(one, language)])

    def _slowly(self, text: str, language: str, voice: str) -> Sound:
        if language == "zh":
            return self._synthesised(read(text, self._lexicon), VOICES["zh"], PROMPT_SPEED)
        own = VOICES["en"] if language == "en" else voice
        if not own:
            clip = f"{language}/prompt-*.wav"
            raise Fault("no_voice", NO_VOICE_FOR.fill(language=language, clip=clip))
        return self._synthesised(text, own, PROMPT_SPEED)

    def _recorded(self, words: Sequence[Word], language: Language) -> list[Sound]:
        """Return the clips of all words; none where any of them is missing."""
        files = self._files(words, language)
        if not all(file.is_file() for file in files):
            return []
        return [_clip(file) for file in files]

    def _files(self, words: Sequence[Word], language: Language) -> list[Path]:
        if self._clips is None:
            return []
        return [self._clips / language / f"{word.key.replace(':', '-')}.wav" for word in words]

    def _chime(self) -> Sound:
        own = self._clips / "chime.wav" if self._clips else None
        if own is None or not own.is_file():
            return chime()
        try:
            return _clip(own)
        except Fault as fault:
            return self._in_place_of(fault, chime)

    def _synthesised(self, text: str, voice: str, speed: str = SPEED) -> Sound:
        tool = shutil.which("espeak-ng")
        if tool is None:
            raise Fault("no_voice", NO_ESPEAK)
        command = [tool, "-v", voice, "-s", speed, "--stdout", "--", text]
        try:
            done = subprocess.run(command, capture_output=True, timeout=ESPEAK_SECONDS, check=True)  # noqa: S603 - espeak-ng
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines() or [f"exit {error.returncode}"]
            raise Fault("no_voice", ESPEAK_FAILED.fill(e=said[-1])) from error
        except subprocess.TimeoutExpired as error:
            raise Fault("no_voice", ESPEAK_FAILED.fill(e=f"> {ESPEAK_SECONDS} s")) from error
        except OSError as error:
            raise Fault("no_voice", ESPEAK_FAILED.fill(e=error.strerror or error)) from error
        try:
            return from_wav(_with_sizes(done.stdout), tool)
        except Fault as fault:
            raise Fault("no_voice", ESPEAK_FAILED.fill(e=fault.text)) from fault


def _with_rests(sounds: Iterable[Sound]) -> Sound:
    """Return sounds behind each other with a rest between two."""
    parts = [part for sound in sounds for part in (silence(REST_SECONDS, sound.rate), sound)]
    return joined(parts[1:])


def _with_sizes(data: bytes) -> bytes:
    """Return a WAV that was written to a pipe with the sizes in its header that could not be known then."""
    if data[:4] != b"RIFF" or len(data) < HEADER_BYTES:
        return data
    whole, samples = (size.to_bytes(4, "little") for size in (len(data) - 8, len(data) - HEADER_BYTES))
    return data[:4] + whole + data[8:40] + samples + data[HEADER_BYTES:]


def _clip(file: Path) -> Sound:
    try:
        return from_wav(file.read_bytes(), file)
    except OSError as error:
        raise Fault(
            "clip", Text(zh="录音 {f} 打不开：{e}", en="clip {f} cannot be read: {e}").fill(f=file, e=error)
        ) from error
