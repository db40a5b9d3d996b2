"""What `check` finds out about the voice: player, engine for each language, clips that are missing or broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nightdesk_displays.voice.playing import player_of
from nightdesk_displays.voice.sound import from_wav
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken, SpokenPage
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Language, Text, joined, same

PLAYS = Text(zh="播放用 {player}", en="played by {player}")
NO_FOLDER = Text(zh="没有录音文件夹 {folder}", en="there is no folder of clips {folder}")
BY_CLIPS = Text(zh="{language}：全部录音齐全", en="{language}: every clip is there")
BY_ENGINE = Text(zh="{language}：由 espeak-ng 合成", en="{language}: by espeak-ng")
MISSING = Text(
    zh="{language}：缺录音 {clips}，由 espeak-ng 合成",
    en="{language}: clips {clips} are missing, espeak-ng speaks there",
)
MISSING_SHOWN = 6
"""So many missing clips are named."""


def voice_findings(hospital: Hospital, voice: VoiceTable) -> tuple[bool, Text]:
    """Return whether every call could be heard, and what was found. No sound is made."""
    folder = hospital.folder / voice.clips if voice.clips else None
    faults, found = [], []
    try:
        found.append(PLAYS.fill(player=player_of(voice.player)[0]))
    except Fault as fault:
        faults.append(fault.text)
    if folder and not folder.is_dir():
        faults.append(NO_FOLDER.fill(folder=folder))
    speaker = Speaker(folder, voice.lexicon)
    for language, sentences in _said(hospital, voice).items():
        missing = _missing(speaker, sentences, language)
        if folder and not missing:
            found.append(BY_CLIPS.fill(language=language))
            continue
        try:
            speaker.try_engine(language)
        except Fault as fault:
            faults.append(fault.text)
        found.append(_by_engine(language, missing, folder))
    faults += _broken(folder)
    return not faults, joined([*faults, *found], "；", "; ")


def _said(hospital: Hospital, voice: VoiceTable) -> dict[Language, list[Spoken | SpokenPage]]:
    """Return for each language that is spoken calls with every digit to every room, and the pages."""
    said: dict[Language, list[Spoken | SpokenPage]] = {}
    for clinic in hospital.clinic:
        if voice.clinics and clinic.id not in voice.clinics:
            continue
        for language in clinic.spoken or voice.languages:
            sentences = said.setdefault(language, [])
            sentences += [Spoken(f"{clinic.prefix}0123456789", room, hospital.room_name(room)) for room in clinic.rooms]
            if clinic.on_call and voice.pages:
                sentences.append(SpokenPage(clinic.id, clinic.name))
    return said


def _missing(speaker: Speaker, sentences: list[Spoken | SpokenPage], language: Language) -> list[str]:
    files = [file for sentence in sentences for file in speaker.missing(sentence, language)]
    return [f"{file.parent.name}/{file.name}" for file in dict.fromkeys(files)]


def _by_engine(language: Language, missing: list[str], folder: Path | None) -> Text:
    if folder is None:
        return BY_ENGINE.fill(language=language)
    named = " ".join(missing[:MISSING_SHOWN]) + (" …" if len(missing) > MISSING_SHOWN else "")
    return MISSING.fill(language=language, clips=same(named))


def _broken(folder: Path | None) -> Iterator[Text]:
    for file in sorted(folder.rglob("*.wav")) if folder else []:
        try:
            from_wav(file.read_bytes(), file)
        except Fault as fault:
            yield fault.text
        except OSError as error:
            yield same(str(error))
