"""Slips as people see them: the lobby's progress, the console's printers, the commands, the virtual printer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commandline import Nightdesk
from desk import Desk
from looking import look
from PIL import Image
from piloting import until_shown, words
from places import EXAMPLE_FILE
from textual.widgets import DataTable, Static
from touchscreen import AT_ONCE, Patient, in_language, number
from virtually import serving

from nightdesk_kiosk.cli import run
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.exchange import LookAtSlip, SlipSeen
from nightdesk_kiosk.lobby.languages import languages_of
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import ShowingNumber
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_printers.virtual import Breakage
from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.event_data import NoPrinter
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, devices, slips
from nightdesk_queue.text.bilingual import LANGUAGES, Language, Text

EXAMPLE = EXAMPLE_FILE


def move(store: Database, state: SlipState, **changes: Any) -> None:
    with store.transaction() as tx:
        (job,) = slips.newest(tx, 1)
        assert slips.move(tx, job, state, datetime.now(UTC), **changes)


# the lobby -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_lobby_tells_how_far_the_slip_is_and_what_to_do_when_it_does_not_come(
    hospital: Hospital, store: Database, clock: Clock, language: Language
) -> None:
    desk = LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])
    issued = desk.issue(hospital.clinics["bone"], language, "k")
    kiosk = hospital.kiosks["lobby-1"]
    scene = Scene(hospital, kiosk, languages_of(hospital, kiosk), language, False, 78, 19, clock.now())

    def told(late: bool = False, staff_told: bool = False) -> str:
        seen = desk.answer(LookAtSlip(0, issued.ticket))
        assert isinstance(seen, SlipSeen)
        shown = ShowingNumber(issued, seen.job, late, staff_told=staff_told)
        return NumberPage(scene, shown).about_slip()

    def said(text: Text, **values: object) -> str:
        return text.fill(number="B001", desk=hospital.hospital.desk, **values).of(language)

    assert told() == said(texts.SLIP_COMING)
    assert told(late=True) == said(texts.NO_SLIP, why=texts.PRINTER_SLOW)
    move(store, SlipState.QUEUED, cause="paper_out")
    assert told() == said(texts.NO_SLIP, why=texts.PRINTER_TROUBLES["paper_out"])
    assert told(staff_told=True) == said(texts.NO_SLIP_TOLD, why=texts.PRINTER_TROUBLES["paper_out"])
    move(store, SlipState.CLAIMED, cause="paper_out")
    assert told(late=True) == said(texts.SLIP_COMING)
    move(store, SlipState.AWAITING)
    assert told() == said(texts.SLIP_COMING)
    move(store, SlipState.UNKNOWN, cause="cover_open")
    assert told() == said(texts.NO_SLIP, why=texts.PRINTER_TROUBLES["cover_open"])
    move(store, SlipState.QUEUED, printer="duty-room")
    move(store, SlipState.PRINTED)
    assert told() == said(texts.SLIP_ELSEWHERE, printer="duty-room")
    move(store, SlipState.PRINTED, printer="lobby")
    assert told() == said(texts.SLIP_READY)
    move(store, SlipState.FAILED, cause="x")
    assert told() == said(texts.NO_SLIP, why=texts.PRINTER_TROUBLE)


async def test_staff_are_said_to_know_of_the_printer_only_while_an_alarm_says_so(
    hospital: Hospital, store: Database, clock: Clock
) -> None:
    desk = LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])
    issued = desk.issue(hospital.clinics["bone"], "en", "k")

    def staff_told() -> bool:
        seen = desk.answer(LookAtSlip(1, issued.ticket))
        assert isinstance(seen, SlipSeen)
        return seen.staff_told

    move(store, SlipState.QUEUED, cause="paper_out")
    assert not staff_told()
    with working(store, hospital, clock.now(), By.service("run")) as work:
        raise_alarm(work, EventKind.NO_PRINTER, data=NoPrinter("lobby-1", ()))
    assert staff_told()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_patient_has_the_slip_printed_again_at_the_kiosk(
    hospital: Hospital, store: Database, clock: Clock, evening: datetime, nurse: By, language: Language
) -> None:
    ticket = Desk(store, hospital).issue("bone", now=evening - timedelta(minutes=20), by=nurse, language=language)
    move(store, SlipState.PRINTED)
    spoken = in_language(hospital, language)
    app = LobbyApp(LobbyDesk(spoken, store, clock, spoken.kiosks["lobby-1"]), AT_ONCE)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        for copy in (1, 2, 3):
            await patient.comes_to(IdlePage)
            await patient.scans(ticket.id)
            await patient.comes_to(NumberPage)
            await patient.reads(texts.KEEP_SLIP)
            await patient.taps(texts.PRINT_AGAIN)
            if copy == 3:
                await patient.comes_to(ExplainingPage)
                assert "2" in patient.sees
                await patient.taps(texts.BACK, NumberPage)
                assert number(app) == "B001", "the number is still there"
                await patient.taps(texts.KEPT_IN_MIND, IdlePage)
                break
            await patient.reads(texts.SLIP_COMING)
            (job,) = slips.newest(look(store), 1)
            assert (job.copy, job.asked_by, job.number) == (copy, "patient", ticket.number)
            move(store, SlipState.PRINTED)
            await patient.taps(texts.KEPT_IN_MIND, IdlePage)


def test_only_who_reported_is_offered_a_second_slip(
    hospital: Hospital, store: Database, clock: Clock, evening: datetime
) -> None:
    desk = LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])
    assert not desk.issue(hospital.clinics["bone"], "en", "k").again
    clock.restart(evening + timedelta(minutes=5))
    assert desk.report("B001").again
    never = hospital.changed(printing=hospital.printing.changed(patient_reprints=0))
    assert not LobbyDesk(never, store, clock, never.kiosks["lobby-1"]).report("B001").again


# the console -----------------------------------------------------------------------------------------------------


@pytest.fixture
def served(store: Database) -> Iterator[None]:
    """Both printers are served: the lobby's is out of paper, the duty room's prints."""
    now = datetime.now(UTC)
    locks = [store.lock(DeviceKind.PRINTER, id_) for id_ in ("lobby", "duty-room")]
    assert all(lock.acquire() for lock in locks)
    with store.transaction() as tx:
        printer, stopped = DeviceKind.PRINTER, DeviceState.STOPPED
        devices.save(
            tx, DeviceStatus(printer, "lobby", stopped, now, now, "paper_out", "out", "print_complete", "tcp://x")
        )
        devices.save(tx, DeviceStatus(printer, "duty-room", DeviceState.READY, now, now, None, "ok"))
    yield
    for lock in locks:
        lock.release()


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_the_console_shows_printers_paper_and_jobs_and_sends_a_job_elsewhere(
    hospital: Hospital, store: Database, clock: Clock, nurse: By, evening: datetime, size: tuple[int, int]
) -> None:
    Desk(store, hospital).issue("tcm-night", now=evening, by=nurse)
    app = ConsoleApp(ConsoleDesk(hospital, store, clock, nurse), "tcm-night", language="en")
    async with app.run_test(size=size) as pilot:
        await pilot.press("p")
        await until_shown(pilot, lambda: isinstance(app.screen, DevicesScreen))
        table = app.screen.query_one(DataTable)
        await until_shown(pilot, lambda: table.row_count == 1)
        first = app.screen.query_one("#printer-lobby", Tap)
        shown = str(first.render())
        assert "out of paper" in shown
        assert "1 to print" in shown
        assert first.has_class("trouble")
        await pilot.press("d")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("1")
        await until_shown(pilot, lambda: slips.newest(look(store), 1)[0].printer == "duty-room")
        await until_shown(pilot, lambda: "→ duty-room" in words(app.screen))
        await pilot.press("2")
        await until_shown(pilot, lambda: table.row_count == 1)
        await pilot.press("t")
        await until_shown(pilot, lambda: slips.newest(look(store), 1)[0].kind == "test")
        assert slips.newest(look(store), 1)[0].printer == "duty-room"
        await pilot.press("escape")
        await until_shown(pilot, lambda: not isinstance(app.screen, DevicesScreen))


@pytest.mark.usefixtures("served")
async def test_the_console_prints_a_patients_slip_again_by_one_key(
    hospital: Hospital, store: Database, clock: Clock, nurse: By, evening: datetime
) -> None:
    Desk(store, hospital).issue("tcm-night", now=evening, by=nurse)
    app = ConsoleApp(ConsoleDesk(hospital, store, clock, nurse), "tcm-night", language="en")
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 1)
        await pilot.press("w")
        await until_shown(pilot, lambda: "copy 1" in str(app.query_one("#word", Static).render()))
        await pilot.press("w")
        await until_shown(pilot, lambda: "still waits for" in str(app.query_one("#word", Static).render()))
        move(store, SlipState.PRINTED)
        await pilot.press("w")
        await until_shown(pilot, lambda: "copy 2" in str(app.query_one("#word", Static).render()))


# the commands ----------------------------------------------------------------------------------------------------


def test_the_spool_by_commands(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone")
    fields = [
        "id",
        "number",
        "kind",
        "printer",
        "state",
        "cause",
        "attempts",
        "copy",
        "last_cause",
        "queued_at",
        "changed_at",
    ]
    job = nightdesk("--json", "print", "jobs").json
    assert list(job) == fields
    again = nightdesk("--json", "print", "reprint", "B001").json
    assert (again["copy"], again["number"], again["state"]) == (1, "B001", "queued")
    assert nightdesk("--json", "print", "reprint", "B001").error["code"] == "slip_waiting"
    moved = nightdesk("--json", "print", "retry", str(job["id"]), "--to", "duty-room").json
    assert (moved["printer"], moved["state"], moved["copy"]) == ("duty-room", "queued", 0)
    page = nightdesk("--json", "print", "test", "lobby").json
    assert (page["kind"], page["number"]) == ("test", None)
    assert nightdesk("--json", "print", "test", "nowhere").status == 1
    listed = nightdesk("--json", "print", "list", "bone").json
    assert (listed["kind"], listed["printer"]) == ("list", "lobby")
    assert nightdesk("--json", "print", "retry").out == ""
    assert nightdesk("print", "retry").out.strip() == "nothing to try again"
    printers = nightdesk("--json", "print", "status").lines
    assert [line["id"] for line in printers] == ["lobby", "duty-room"]
    assert (printers[0]["state"], printers[0]["cause"], printers[0]["waiting"]) == ("offline", "not_served", 3)
    assert "not served" in nightdesk("print", "status").out.replace("\n", " ")


def test_a_transfer_prints_a_slip_that_tells_the_way(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "er")
    nightdesk("transfer", "E001", "--to", "tcm-night")
    kinds = [job["kind"] for job in nightdesk("--json", "print", "jobs").lines]
    assert kinds == ["ticket", "transfer"]


@pytest.mark.parametrize("kind", ["ticket", "transfer", "page", "test", "list", "alarm"])
def test_every_slip_can_be_seen_beforehand(nightdesk: Nightdesk, tmp_path: Path, kind: str) -> None:
    shown = nightdesk("print", "preview", kind)
    assert shown.status == 0
    assert shown.out.startswith("┌")
    png = tmp_path / f"{kind}.png"
    assert nightdesk("--json", "print", "preview", kind, "--png", str(png), "--printer", "duty-room").json == {
        "file": str(png)
    }
    with Image.open(png) as image:
        assert (image.width, image.mode) == (384, "1")
    assert nightdesk("print", "preview", kind, "--png", str(tmp_path / "no" / "x.png")).status == 2


def test_a_template_written_out_and_changed_is_what_is_printed(
    nightdesk: Nightdesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = nightdesk("print", "template", "ticket").out
    (tmp_path / "layouts").mkdir()
    changed = own.replace('text = "{hospital}"', 'text = "{hospital} !"')
    (tmp_path / "layouts" / "ticket.toml").write_text(changed, encoding="utf-8")
    config = tmp_path / "config.toml"
    text = EXAMPLE.read_text(encoding="utf-8") + '\n[printing]\ntemplates = "layouts"\n'
    config.write_text(text, encoding="utf-8")
    assert run(["--config", str(config), "print", "preview", "ticket"]) == 0
    assert "City Hospital of Chinese Medicine !" in capsys.readouterr().out
    (tmp_path / "layouts" / "ticket.toml").write_text("[[row]]\ntext = '{oops}'", encoding="utf-8")
    assert run(["--config", str(config), "--json", "print", "preview", "ticket"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert (error["code"], error["faults"][0]["key"]) == ("config", "row[0]")
    assert run(["--config", str(config), "--json", "check"]) == 3
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any(line["kind"] == "template" and not line["ok"] and "oops" in line["message"] for line in found)


def test_check_says_what_becomes_of_rooms_on_a_small_sign_and_which_look_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    small = EXAMPLE.read_text(encoding="utf-8").replace(
        'protocol = "onbon"', 'protocol = "onbon"\nwidth = 64\nheight = 16'
    )
    config.write_text(small, encoding="utf-8")
    run(["--config", str(config), "--json", "check"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (sign,) = [line for line in found if line["id"] == "lobby-sign"]
    assert not sign["ok"]
    assert "cannot be opened" in sign["message"]
    assert "中医1诊室 Room 1 as “E888到 中医1室”" in sign["message"], "another clinic has a room 1"
    assert "told apart" not in sign["message"]
    digits = 'registers = { number = { length = 1, as = "value" }, room = { register = 1, length = 1, as = "value" } }'
    config.write_text(small.replace('protocol = "onbon"', f'protocol = "modbus"\n{digits}'), encoding="utf-8")
    run(["--config", str(config), "--json", "check"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (sign,) = [line for line in found if line["id"] == "lobby-sign"]
    assert not sign["ok"]
    assert "cannot be told apart: Bone-setting room 1, Room 1, all shown as “888 1”" in sign["message"]
    assert "digits alone are the same for" in sign["message"]


def test_check_says_how_a_printer_is_what_it_confirms_and_by_which_back_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        server.break_(Breakage.NEAR_END)
        config = tmp_path / "config.toml"
        config.write_text(EXAMPLE.read_text(encoding="utf-8").replace("tcp://127.0.0.1:9100", server.address))
        run(["--config", str(config), "--json", "check"])
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        (lobby,) = [line for line in found if line["id"] == "lobby"]
        assert lobby["ok"]
        for said in ("paper: near its end", "confirms each slip", "raster", "fast enough"):
            assert said in lobby["message"]
        server.break_(Breakage.COVER)
        run(["--config", str(config), "--json", "check"])
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        (lobby,) = [line for line in found if line["id"] == "lobby"]
        assert not lobby["ok"]
        assert "cover is open" in lobby["message"]
        assert server.printer.slips == [], "nothing is printed"
