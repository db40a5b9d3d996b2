"""Words are put into a widget only where they changed."""

from __future__ import annotations

from textual.widgets import Static

from nightdesk_kiosk.widgets.putting import put


class Counting(Static):
    """Counts how often it was told to draw anew."""

    updates = 0

    def update(self, content: object = "", *, layout: bool = True) -> None:
        self.updates += 1
        super().update(str(content), layout=layout)


def test_the_same_words_again_draw_nothing_and_other_words_do() -> None:
    widget = Counting("N001", markup=False)
    put(widget, "N001")
    assert widget.updates == 0
    put(widget, "N002")
    put(widget, "N002")
    assert widget.updates == 1
    assert widget.content == "N002"
