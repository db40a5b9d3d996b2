"""config.toml: the contract loads unchanged; every fault is named with file, key, value and fix, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import EXAMPLE_FILE, ROOT

from nightdesk_queue.config import load, parse
from nightdesk_queue.domain.errors import ConfigError, ConfigFault

EXAMPLE = EXAMPLE_FILE.read_text(encoding="utf-8")


def faults_of(text: str) -> list[ConfigFault]:
    with pytest.raises(ConfigError) as error:
        parse(text, "hospital.toml")
    for fault in error.value.faults:
        assert fault.file == "hospital.toml"
        assert all((fault.key, fault.value, fault.problem.zh, fault.problem.en, fault.fix.zh, fault.fix.en))
    return error.value.faults


def changed(old: str, new: str) -> str:
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new, 1)


def test_the_contract_and_the_projects_own_configuration_load() -> None:
    for hospital in (parse(EXAMPLE), load(ROOT / "config.toml")):
        assert list(hospital.clinics) == ["er", "bone", "tcm-night", "postpartum", "service"]
        assert hospital.clinics["bone"].on_call is not None
        assert hospital.zone.key == "Asia/Shanghai"


CASES = [
    ("paper_mm = 58", "paper_mm = 58\npaper_cm = 5", "printer[duty-room].paper_cm", "paper_mm"),
    ("quota = 40", 'quota = "40"', "clinic[tcm-night].sessions[0].quota", "digits"),
    ('rooms     = ["bone-1"]', 'rooms     = ["bone-7"]', "clinic[bone].rooms", "bone-1"),
    ('prefix    = "B"', 'prefix    = "N"', "clinic[tcm-night].prefix", "choose letters"),
    (
        'closes = "21:00", quota = 40',
        'closes = "17:00", quota = 40',
        "clinic[tcm-night].sessions[0].closes",
        "16 hours",
    ),
    ('last_ticket = "20:40"', 'last_ticket = "21:40"', "clinic[tcm-night].sessions[0].last_ticket", "opens <"),
    ('backup  = "duty-room"', 'backup  = "lobby"', "printer[lobby].backup", "another printer"),
    ('backup  = "duty-room"', 'backup  = "duty-rom"', "printer[lobby].backup", "did you mean duty-room"),
    ('timezone   = "Asia/Shanghai"', 'timezone   = "Asia/Shangai"', "hospital.timezone", "IANA"),
    ('day_starts = "08:00"', 'day_starts = "8 am"', "hospital.day_starts", "17:30"),
    ('"2026-02-17"', '"2026-02-30"', "hospital.holidays[1]", "2026-02-17"),
    ('device  = "tcp://127.0.0.1:9100"', 'device  = "ftp://x"', "printer[lobby].device", "tcp://"),
    ('device  = "tcp://127.0.0.1:9100"', 'device  = "tcp://127.0.0.1:99999"', "printer[lobby].device", "9100"),
    ('protocol = "onbon"', 'protocol = "onbonn"', "display[lobby-sign].protocol", "onbon"),
    ('days = "Mon-Fri"', 'days = "Mon-Fry"', "clinic[postpartum].sessions[0].days", "Mon,Wed"),
    ('red_flags = ["open_wound"', 'red_flags = ["open_wond"', "clinic[bone].red_flags[0]", "open_wound"),
    ('printer = "lobby"\nclinics', 'printer = "looby"\nclinics', "kiosk[lobby-1].printer", "lobby"),
    (
        'clinics = ["bone", "tcm-night", "postpartum", "service"]',
        'clinics = ["er"]',
        "kiosk[lobby-1].clinics",
        "take it",
    ),
    ('TCM_NIGHT = "tcm-night"', 'TCM_NIGHT = "tcm"', "hl7.targets.TCM_NIGHT", "[[clinic]]"),
    ('rule         = "interleave"', 'rule         = "fifo"', "clinic[tcm-night].order.rule", "interleave"),
    ("missed = 2 }", "misd = 2 }", "clinic[tcm-night].order.insert_every.misd", "priority"),
    ('url = "sqlite:///nightdesk.db"', 'url = "nightdesk.db"', "database.url", "sqlite:///"),
    ("[database]", "[databse]", "databse", "database"),
    ('id = "tcm-2"\n', 'id = "tcm-1"\n', "room[tcm-1].id", "id of its own"),
    ('name      = { zh = "急诊预检", en = "Emergency triage" }', 'name = "ER"', "clinic[er].name", "zh"),
    ('name      = { zh = "急诊预检", en = "Emergency triage" }', "", "clinic[er].name", "add name"),
    ('hours     = "always"\nkiosk', "kiosk", "clinic[er].hours", "always"),
    (
        'accepts_transfers_from = ["er"]',
        'accepts_transfers_from = ["ed"]',
        "clinic[tcm-night].accepts_transfers_from",
        "[[clinic]]",
    ),
    ('port     = "/dev/ttyUSB1"', 'port     = "/dev/ttyS1"', "display[counter-pole].port", "another port"),
]


@pytest.mark.parametrize(("old", "new", "key", "fix"), CASES, ids=[case[2] + "/" + case[3] for case in CASES])
def test_a_fault_is_named_with_its_key_and_its_fix(old: str, new: str, key: str, fix: str) -> None:
    found = {fault.key: fault for fault in faults_of(changed(old, new))}
    assert key in found, list(found)
    assert fix in found[key].fix.en


def test_all_faults_are_reported_at_once_even_two_in_one_table() -> None:
    text = EXAMPLE
    for old, new, _, _ in (CASES[1], CASES[3], CASES[6], CASES[8]):
        text = text.replace(old, new, 1)
    keys = {fault.key for fault in faults_of(text)}
    assert {
        "clinic[tcm-night].sessions[0].quota",
        "clinic[tcm-night].prefix",
        "printer[lobby].backup",
        "hospital.timezone",
    } <= keys


def test_overlapping_sessions_are_refused() -> None:
    second = '{ days = "Sat-Sun", opens = "20:30", last_ticket = "21:00", closes = "22:00" }'
    text = changed("quota = 40 }]", f"quota = 40 }}, {second}]")
    assert [fault.key for fault in faults_of(text)] == ["clinic[tcm-night].sessions[1].opens"]


@pytest.mark.parametrize("content", [b"[hospital\n", b"\xff\xfe", b""])
def test_files_that_are_no_configuration_are_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert error.value.faults
    assert error.value.exit_status == 2


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(tmp_path / "nowhere.toml")
    assert "--config" in error.value.faults[0].fix.en


def with_displays(*tables: str) -> str:
    text = EXAMPLE
    return text + "".join(f"\n[[display]]\n{table}\n" for table in tables)


BUS = 'port = "/dev/ttyS7"\nprotocol = "onbon"\n'


def test_signs_with_addresses_of_their_own_share_a_line() -> None:
    hospital = parse(with_displays(f'id = "a"\n{BUS}address = 1', f'id = "b"\n{BUS}address = 2'))
    assert [display.address for display in hospital.display[-2:]] == [1, 2]


@pytest.mark.parametrize(
    ("second", "key"),
    [
        ("address = 1", "display[b].address"),
        ("address = 2\nbaud = 19200", "display[b].baud"),
    ],
)
def test_signs_that_would_not_hear_each_other_apart_are_refused(second: str, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(with_displays(f'id = "a"\n{BUS}', f'id = "b"\n{BUS}{second}'))
    assert [fault.key for fault in error.value.faults] == [key]


def test_protocols_without_addresses_do_not_share_a_line() -> None:
    pole = 'port = "/dev/ttyS7"\nprotocol = "cd5220"\n'
    with pytest.raises(ConfigError) as error:
        parse(with_displays(f'id = "a"\n{pole}', f'id = "b"\n{pole}address = 2'))
    assert [fault.key for fault in error.value.faults] == ["display[b].port"]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('template = "{room}"', "display[a].template"),
        ('template = "{number} {secret}"', "display[a].template"),
        ("registers = { number = { length = 0 } }", "display[a].registers.number.length"),
        ("registers = { number = { register = 65530, length = 60 } }", "display[a].registers.number"),
        ('ending = ""', "display[a].ending"),
        ("registers = { number = { length = 6 }, room = { register = 5 } }", "display[a].registers"),
        ("registers = { number = { length = 6 }, room = { register = 8 } }", "display[a].registers"),
    ],
)
def test_wrong_settings_of_a_display_are_named(lines: str, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(with_displays(f'id = "a"\nport = "x"\nprotocol = "ascii"\n{lines}'))
    assert [fault.key for fault in error.value.faults] == [key]


@pytest.mark.parametrize(
    "device", ["usb://04b8", "usb://04b8:zzzz", "cups://", "cups://a b", "cups://host:x/q", "lpr://x"]
)
def test_wrong_addresses_of_printers_are_refused_with_the_fix(device: str) -> None:
    text = EXAMPLE.replace("tcp://127.0.0.1:9100", device)
    with pytest.raises(ConfigError) as error:
        parse(text)
    assert error.value.faults[0].key == "printer[lobby].device"
    assert error.value.faults[0].fix.zh


@pytest.mark.parametrize(
    ("protocol", "lines", "key"),
    [
        ("onbon", "width = 16", "display[a].width"),
        ("onbon", "width = 24", "display[a].width"),
        ("onbon", "height = 8", "display[a].height"),
        ("modbus", "registers = { number = { length = 3 } }", "display[a].registers.number.length"),
        ("ascii", 'template = "{number} {reason[0]}"', "display[a].template"),
        ("ascii", 'template = "{{number}}"', "display[a].template"),
        ("ascii", 'template = "{number:.2}"', "display[a].template"),
        ("ascii", 'template = "{number} {room.upper}"', "display[a].template"),
        ("ascii", 'template = "{number!r}"', "display[a].template"),
        ("ascii", 'template = "{number:06}"', "display[a].template"),
        ("ascii", 'template = "{number:9>6}"', "display[a].template"),
        ("ascii", 'template = "{number}{room}"', "display[a].template"),
        ("ascii", 'template = "{number}1{room}"', "display[a].template"),
        ("ascii", 'idle = "{number}"', "display[a].idle"),
        ("ascii", 'clinics = ["bone"]\nrooms = ["tcm-1"]', "display[a].rooms"),
    ],
)
def test_a_screen_that_could_show_something_wrong_is_refused(protocol: str, lines: str, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(with_displays(f'id = "a"\nport = "x"\nprotocol = "{protocol}"\n{lines}'))
    assert [fault.key for fault in error.value.faults] == [key]


def test_two_letters_need_a_wider_screen() -> None:
    two = EXAMPLE.replace('prefix    = "N"', 'prefix    = "NN"')
    for protocol, lines, key in (
        ("onbon", "width = 32", "width"),
        ("modbus", "registers = { number = { length = 4 } }", "registers.number.length"),
    ):
        config = f'\n[[display]]\nid = "a"\nport = "x"\nprotocol = "{protocol}"\n{lines}\n'
        with pytest.raises(ConfigError) as error:
            parse(two + config)
        assert [fault.key for fault in error.value.faults] == [f"display[a].{key}"]
        with pytest.raises(ConfigError):
            parse(two + config + 'clinics = ["bone"]\n')  # a transfer may bring an NN001 there
        parse(EXAMPLE + config)


def test_pages_go_only_to_a_screen_that_shows_them() -> None:
    paged = EXAMPLE.replace('printer = "duty-room", escalate', 'printer = "duty-room", display = "a", escalate')
    assert paged != EXAMPLE
    for protocol, fine in (("ascii", False), ("modbus", False), ("cd5220", True), ("board", True)):
        text = paged + f'\n[[display]]\nid = "a"\nport = "x"\nprotocol = "{protocol}"\n'
        if fine:
            parse(text)
        else:
            with pytest.raises(ConfigError) as error:
                parse(text)
            assert [fault.key for fault in error.value.faults] == ["clinic[bone].on_call.display"]


def test_a_template_may_fill_its_fields_up() -> None:
    parse(with_displays('id = "a"\nport = "x"\nprotocol = "ascii"\ntemplate = "{number:>6} {room_zh:_<20}"'))


def test_no_control_character_of_a_name_reaches_a_device() -> None:
    hospital = parse(EXAMPLE.replace('en = "Room 1"', 'en = "Room\\n1\\u001b"', 1))
    assert any(room.name.en == "Room 1" for room in hospital.rooms.values())


@pytest.mark.parametrize(
    "port",
    [
        "/dev/ttyUSB0", "socket://10.0.0.9:5005", "socket://[fe80::1]:5005", "rfc2217://gw:2217",
        "rfc2217://gw:2217?ign_set_control", "hwgrep://0403:6001", "spy:///dev/ttyS1",
    ],
)  # fmt: skip
def test_a_display_may_hang_on_any_line_that_can_be_opened(port: str) -> None:
    hospital = parse(with_displays(f'id = "a"\nport = "{port}"\nprotocol = "ascii"'))
    assert hospital.display[-1].port == port


@pytest.mark.parametrize(
    "port",
    [
        "", "socket://", "socket://host", "socket://host:0", "socket://host:99999", "socket://host:x",
        "socket://host:1/path", "socket://host:1?logging=debug", "rfc2217://host", "rfc2217://:2217",
        "rfc2217://host:1?speed=9", "tcp://host:5005", "cp2110://x",
    ],
)  # fmt: skip
def test_a_line_that_can_never_be_opened_is_refused_with_the_fix(port: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(with_displays(f'id = "a"\nport = "{port}"\nprotocol = "ascii"'))
    assert [fault.key for fault in error.value.faults] == ["display[a].port"]
    assert error.value.faults[0].fix.zh


def test_the_voice_may_have_hours_and_knows_its_clinics() -> None:
    voice = '\n[voice]\nnight = { from = "22:00", to = "06:00" }\nclinics = ["bone"]\n'
    hospital = parse(EXAMPLE + voice)
    assert hospital.voice is not None
    assert hospital.voice.clinics == ["bone"]
    with pytest.raises(ConfigError) as error:
        parse(EXAMPLE + '\n[voice]\nclinics = ["bones"]\n')
    assert error.value.faults[0].key == "voice.clinics"
