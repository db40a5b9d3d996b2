"""The command line understands ids and numbers as a Chinese input method writes them."""

from __future__ import annotations

from commandline import Nightdesk


def test_clinics_rooms_and_tickets_may_be_written_full_width(nightdesk: Nightdesk) -> None:
    assert nightdesk("--json", "issue", "ｂｏｎｅ").json["ticket"]["number"] == "B001"
    assert nightdesk("--json", "issue", "ｅｒ").json["ticket"]["number"] == "E001"
    assert nightdesk("--json", "show", "Ｂ００１").json["ticket"]["number"] == "B001"
    assert nightdesk("--json", "show", "ｂ１").json["ticket"]["number"] == "B001"
    called = nightdesk("--json", "call", "　Ｂ００１", "--room", "ｂｏｎｅ－１").json
    assert called["call"]["room"] == "bone-1"
    moved = nightdesk("--json", "transfer", "Ｅ００１", "--to", "ｔｃｍ－ｎｉｇｈｔ").json
    assert moved["ticket"]["clinic"] == "tcm-night"
    assert nightdesk("--json", "queue", "ｔｃｍ－ｎｉｇｈｔ").status == 0


def test_digits_of_other_scripts_are_not_digits_of_a_number(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone")
    assert nightdesk("--json", "show", "B٠٠١").error["code"] == "unknown_ticket"


def test_sentences_keep_their_full_width_punctuation(nightdesk: Nightdesk) -> None:
    state = nightdesk("--json", "suspend", "bone", "--notice", "台风，停诊（今晚）").json
    assert "台风，停诊（今晚）" in str(state)


def test_a_fault_of_the_virtual_printer_at_a_byte_of_another_script_is_refused(nightdesk: Nightdesk) -> None:
    assert nightdesk("--json", "printer", "--port", "0", "--fault", "cover@٣").error["code"] == "usage"
