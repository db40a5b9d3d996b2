"""The virtual printer as people see and break it: its screen, its words, its command, its place in the demo."""

from __future__ import annotations

import io
import subprocess
import sys
import threading

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from places import EXAMPLE_FILE
from textual.widgets import Static
from virtually import device_for, serving
from waiting import until

from nightdesk_kiosk.board.board_view import BoardView
from nightdesk_kiosk.cli import run
from nightdesk_kiosk.demo.app import DemoApp, DemoClock
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.emulators.printer_app import PrinterApp
from nightdesk_kiosk.emulators.printer_plain import run_plain
from nightdesk_printers.devices import Progress
from nightdesk_printers.layout import Line
from nightdesk_printers.virtual import Breakage
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import slips

EXAMPLE = EXAMPLE_FILE


@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_the_virtual_printer_shows_its_paper_and_breaks_by_key(size: tuple[int, int]) -> None:
    with serving() as server:
        app = PrinterApp(server, 80)
        async with app.run_test(size=size) as pilot:
            device = device_for(server)
            worker = threading.Thread(target=device.print, args=((Line("王小明"),), Progress(lambda: None)))
            worker.start()
            await until_shown(pilot, lambda: "王小明" in str(app.query_one("#paper", Static).render()))
            worker.join()
            for key, flag in (("p", "paper_out"), ("c", "cover_open"), ("h", "head_hot")):
                await pilot.press(key)
                assert getattr(server.printer, flag)
                await until_shown(pilot, lambda: app.query_one("#state", Static).has_class("offline"))
                await pilot.press(key)
                assert not getattr(server.printer, flag)
            await pilot.click(f"#fault-{Breakage.SILENT}")
            await until_shown(pilot, lambda: server.printer.silent)
            await pilot.press("m")
            assert not server.broken
            device.close()


def test_without_a_terminal_its_faults_are_words_and_its_paper_is_output(capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as server:
        stop = threading.Event()
        words_in = io.StringIO("cover\npaper out\n-paper_out\nnonsense\n")
        thread = threading.Thread(target=run_plain, args=(server, 80, stop, words_in))
        thread.start()
        until(lambda: server.printer.cover_open and not server.printer.paper_out)
        server.mend()
        device = device_for(server)
        device.print((Line("李四"),), Progress(lambda: None))
        device.close()
        until(lambda: server.printer.slips)
        run_out = threading.Event()
        run_out.wait(0.2)  # the paper is shown by the thread itself, which looks every 50 ms
        stop.set()
        thread.join()
        shown = capsys.readouterr()
    assert "李四" in shown.out
    assert "nonsense is not understood" in shown.err


def test_the_command_serves_a_printer_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "nightdesk_kiosk", "printer", "--port", "0", "--fault", "cover"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("virtual printer: tcp://127.0.0.1:")
    _, err = process.communicate("quit\n", timeout=30)
    assert process.returncode == 0, err


def test_an_unknown_fault_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["printer", "--port", "0", "--fault", "fire"]) == 2
    assert "paper_out" in capsys.readouterr().err


async def test_the_demos_paper_can_be_taken_out_and_the_lobby_goes_on() -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=1) as stage:
        app = DemoApp(stage, clock)
        async with app.run_test(size=(120, 33)) as pilot:
            await until_shown(pilot, lambda: app.query(BoardView))
            await pilot.press("f5")
            assert stage.paper_out()
            await until_shown(pilot, lambda: "out of paper" in words(app.query_one("#bar")))
            Desk(stage.database, stage.hospital).issue("bone", now=BEGIN, by=By("p", "t"))
            await until_shown(pilot, lambda: slips.newest(look(stage.database), 1)[0].cause == "paper_out")
            await pilot.press("f5")
            await until_shown(pilot, lambda: stage.papers > 0)
