"""The commands about the voice."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, Word, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.config import VoiceTable
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.queries.device_health import voice_health
from nightdesk_queue.rules import refusals
from nightdesk_queue.text.bilingual import Text, same

voice = NightGroup("voice", about=Text(zh="语音播报", en="the voice that speaks calls"))
cli.add_command(voice)

WRITTEN = Text(zh="已写入 {file}，{s:.1f} 秒", en="{file} written, {s:.1f} s")
CANNOT_WRITE = Text(zh="{file} 写不进去：{e}", en="{file} cannot be written: {e}")
SPOKEN = Text(zh="已播放，{s:.1f} 秒", en="spoken, {s:.1f} s")


@command(voice, "test", Text(zh="说一段话，或写成 WAV", en="speak a text, or write it as a WAV"))
@click.argument("text", type=Word())
@option("--wav", type=click.Path(path_type=Path), metavar="FILE", about=Text(zh="写成 WAV 文件", en="write a WAV file"))
@option(
    "--room", metavar="R", about=Text(zh="把文字当号码，呼叫到这个诊室", en="the text is a number, called to this room")
)
@settings_of
def test(settings: Settings, text: str, wav: Path | None, room: str | None) -> None:
    """Speak a text, or a whole call of a number to a room. Raises Refused, Misuse, Fault."""
    # imported here: only speaking needs it
    from nightdesk_displays.voice.playing import SOUND_LOCK, play  # noqa: PLC0415
    from nightdesk_displays.voice.sound import joined, softer, to_wav  # noqa: PLC0415
    from nightdesk_displays.voice.speaking import Speaker  # noqa: PLC0415
    from nightdesk_displays.voice.words import Spoken  # noqa: PLC0415

    hospital = settings.hospital
    if room:
        refusals.clinic_of_room(hospital, room)
    rules = hospital.voice or VoiceTable()
    speaker = Speaker(hospital.folder / rules.clips if rules.clips else None, rules.lexicon)
    if room:
        spoken = Spoken(text, room, hospital.room_name(room))
        sound = speaker.call(spoken, rules.languages, rules.repeat)
    else:
        sound = joined([speaker.text(text)])
    sound = softer(sound, rules.volume)
    done = SPOKEN
    if wav is None:
        play(sound, rules.player, Event(), settings.database.lock(*SOUND_LOCK))
    else:
        try:
            wav.write_bytes(to_wav(sound))
        except OSError as error:
            raise Misuse("usage", CANNOT_WRITE.fill(file=wav, e=error.strerror or error)) from error
        done = WRITTEN
    if settings.json:
        tables.emit({"file": str(wav) if wav else None, "seconds": round(sound.seconds, 2)})
    else:
        click.echo(say(done.fill(file=wav, s=sound.seconds)))


@command(voice, "status", Text(zh="语音的状态", en="the state of the voice"))
@settings_of
def status(settings: Settings) -> int:
    """Say how the voice is; the exit status says whether a configured one works."""
    with settings.looking() as tx:
        health = voice_health(tx)
    state, cause = health.state, health.cause
    if settings.hospital.voice is None and not health.served:
        cause = "no_voice_table"
    if settings.json:
        form: json_output.JsonObject = {"state": state.value, "cause": cause}
        tables.emit(form)
    else:
        headings = [tables.STATE, Text(zh="原因", en="Cause")]
        tables.show_rows(headings, [(say(state_text(state)), say(cause_text(cause)))], same(""))
    return Fault.exit_status if settings.hospital.voice is not None and not health.works else 0
