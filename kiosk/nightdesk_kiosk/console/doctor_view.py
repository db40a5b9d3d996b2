"""The doctor's view: one room, its patient, who is next, who is back, and one line of what is wrong. Fits 60×20.

Keys act on the room's own patient; nobody has to be chosen. Who was found by `/` is acted on until Escape.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from nightdesk_kiosk.console import questions, texts
from nightdesk_kiosk.console.about_patient import about
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.console_picture import only_room
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.console.panels import Title, TroublePanel
from nightdesk_kiosk.console.possible import is_possible
from nightdesk_kiosk.console.rows import Tone, minutes_since, wait_of
from nightdesk_kiosk.console.steps import WHILE_WANTED, Step, key_of
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.putting import put
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import Lane, State, Ticket, level_numeral
from nightdesk_queue.text.bilingual import Text, joined

STEPS = (
    Step.NEXT, Step.START, Step.FINISH, Step.RECALL, Step.MISS,
    Step.HOLD, Step.TRANSFER, Step.LEVEL, Step.NOTE, Step.UNDO,
    Step.REJOIN, Step.FIND, Step.ROOM, Step.TROUBLES, Step.HELP,
)  # fmt: skip
"""What a doctor does, as it stands below."""
OUTSIDE = frozenset({Step.CLINIC, *WHILE_WANTED})
"""What belongs to the hall, and has no key here."""
NEXT_SHOWN, BACK_SHOWN, MISSED_SHOWN = 3, 2, 1


class DoctorView(ConsoleView):
    """A console for one room."""

    DEFAULT_CSS = """
    DoctorView { background: $background; }
    DoctorView #number { height: 4; color: $accent; }
    DoctorView #patient { height: 1; text-align: center; text-style: bold; }
    DoctorView #state { height: 1; text-align: center; }
    DoctorView #state.late { background: $error; text-style: bold; }
    DoctorView #lists { height: 1fr; padding: 0 1; border-top: solid $panel; text-wrap: nowrap; }
    DoctorView #lists { text-overflow: ellipsis; }
    DoctorView #trouble { max-height: 1; }
    DoctorView #word { max-height: 2; }
    DoctorView #steps { grid-size: 5; grid-gutter: 0 1; }
    """
    can_focus = True
    _found: Ticket | None = None
    """Who was found, and is acted on."""

    def compose(self) -> ComposeResult:
        """Title, the patient, the lists, what is wrong, the last word, steps."""
        yield Title()
        yield Big(id="number", largest=2)
        yield Static(id="patient", markup=False)
        yield Static(id="state", markup=False)
        yield Static(id="lists", markup=False)
        yield TroublePanel(most=1)
        yield Static(id="word", markup=False)
        with Vertical(id="steps"):
            for step in STEPS:
                yield self.target(key_of(step))

    def on_resize(self) -> None:
        """Nothing changes its place with the size."""

    def show(self) -> None:
        """Show what was read last."""
        look, hospital, language = self.look, self.desk.hospital, self.language
        if look is None:
            return
        if self.room is not None and self.room not in look.room_ids:
            self.room = only_room([queue.clinic for queue in look.queues])
        self.query_one(Title).show(look, self.desk, self.room, language, self._old_since)
        self.query_one(TroublePanel).show(look, hospital, language)
        self._renew_found(look)
        self._show_patient(look, hospital)
        put(self.query_one("#lists", Static), "\n".join(one.of(language) for one in lists(look, hospital)))
        role = self.desk.member.role if self.desk.member else None
        for step in STEPS:
            possible = is_possible(step, self.patient_for(step), look, self.room, role)
            if step is Step.REJOIN:
                possible = possible or bool(to_come_back(look))
            self._targets[step].set_class(not possible, "off")

    def _show_patient(self, look: Look, hospital: Hospital) -> None:
        ticket = self._found or look.inside.get(self.room or "")
        number, patient, state = (
            self.query_one(Big),
            self.query_one("#patient", Static),
            self.query_one("#state", Static),
        )
        number.value = ticket.number if ticket else "–"
        state.remove_class("late")
        if ticket is None:
            following = look.queues[0].line[:1]
            words = texts.NEXT_IS.fill(number=following[0].ticket.number) if following else texts.NOBODY_WAITS
            put(patient, texts.ROOM_EMPTY.of(self.language))
            put(state, words.of(self.language))
            return
        name = texts.NAMED.fill(name=ticket.name) if ticket.name else Text("", "")
        said = [texts.ABOUT_WHO.fill(number="", name=name, level=level_numeral(ticket.level))]
        if ticket.note:
            said.append(texts.ABOUT_NOTE.fill(note=ticket.note))
        put(patient, joined(said, " · ", " · ").of(self.language).strip())
        wait = wait_of(ticket, look.queues[0].clinic, look.at)
        state.set_class(ticket.state is State.CALLED and wait is not None and wait.tone is Tone.LATE, "late")
        put(state, self._state_of(ticket, look).of(self.language))

    def _state_of(self, ticket: Ticket, look: Look) -> Text:
        if ticket.state is State.CALLED:
            of = look.queues[0].clinic.missed.recalls
            since = minutes_since(ticket.called_at or look.at, look.at)
            return texts.CALLED_SINCE.fill(n=ticket.calls, of=of, m=since)
        if ticket.state is State.SERVING:
            return texts.INSIDE_SINCE.fill(m=minutes_since(ticket.started_at or look.at, look.at))
        return joined(about(ticket, look, self.desk.hospital)[1:3], " · ", " · ")

    def _renew_found(self, look: Look) -> None:
        """Let whoever was found be as they are now; who has left is not acted on any more."""
        if self._found is not None:
            self._act_on(look.by_id(self._found.id))

    def _act_on(self, patient: Ticket | None) -> None:
        """Act on a patient, unless they are in this room: they are its own patient then."""
        self._found = None if patient is None or patient.room == self.room else patient

    # what the console asks of its list ---------------------------------------------------------------------------

    def chosen(self) -> Ticket | None:
        """Return who was found."""
        return self._found

    def choose(self, ticket_id: str) -> bool:
        """Act on a patient until Escape; the room's own patient needs no choice."""
        look = self.look
        if look is None:
            return False
        found = look.by_id(ticket_id)
        self._act_on(found)
        self.show()
        return found is not None

    def follow_patient(self, ticket_id: str) -> None:
        """Stay with the room's own patient, whoever a step was about."""

    def go_to_clinic(self, clinic: str) -> None:
        """Stay with this room: who waits elsewhere is only told of."""

    def focus_list(self) -> None:
        """Let keys go to the view."""
        self.focus()

    def patient_for(self, step: Step) -> Ticket | None:
        """Return whom a step is about: who was found, else the room's own patient."""
        return self._found or (self.look.inside.get(self.room or "") if self.look else None)

    def action_room(self, index: int) -> None:
        """Digits choose no room: this view has its own."""

    def action_next_in(self, index: int) -> None:
        """Keys of other rooms call nobody: this view has its own."""

    def action_list(self) -> None:
        """Escape goes back to the room's own patient."""
        self._found = None
        self.focus_list()
        self.show()

    def do(self, step: Step) -> None:
        """Take a step; who is back or here after all is asked for, where it could be several."""
        if step in OUTSIDE:
            return
        if step is Step.NEXT:
            self._found = None
        if step in (Step.RETURN, Step.REJOIN) and self._found is None and self.look and not self.locked():
            found = to_come_back(self.look) if step is Step.REJOIN else list(self.look.queues[0].held)
            if len(found) == 1:
                self.do_with(step, found[0])
            elif found:
                self.ask(questions.who_is_here(step, found, self.look.at))
            else:
                self.say(texts.NOBODY_TO_COME)
            return
        super().do(step)


def to_come_back(look: Look) -> list[Ticket]:
    """Return who may report again: away, missed or expected."""
    queue = look.queues[0]
    return [*queue.held, *queue.missed, *queue.expected]


def lists(look: Look, hospital: Hospital) -> list[Text]:
    """Return the lines of who is next, back from an examination, away, and missed."""
    queue, now = look.queues[0], look.at
    returned = [place.ticket for place in queue.line if place.ticket.lane is Lane.RETURN]
    lines = _labelled(texts.LIST_NEXT, [_next(place.ticket, place.text, look) for place in queue.line[:NEXT_SHOWN]])
    lines += _labelled(
        texts.LIST_BACK, [_named(one, minutes_since(one.queued_at, now)) for one in returned[:BACK_SHOWN]]
    )
    away = [_away(one, minutes_since(one.held_at or now, now)) for one in queue.held[:BACK_SHOWN]]
    lines += _labelled(texts.LIST_AWAY, away)
    missed = [texts.LIST_MISSED_ONE.fill(number=one.number, name=one.name or "", n=one.missed) for one in queue.missed]
    lines += _labelled(texts.LIST_MISSED, missed[:MISSED_SHOWN])
    return lines


def _labelled(label: Text, said: Sequence[Text]) -> list[Text]:
    """Return the lines of one list: its label stands before the first."""
    blank = Text(zh="　　", en="     ")
    return [texts.LIST_LINE.fill(label=blank if place else label, what=one) for place, one in enumerate(said)]


def _next(ticket: Ticket, why: Text, look: Look) -> Text:
    wait = wait_of(ticket, look.queues[0].clinic, look.at)
    limit = f"{wait.minutes}/{wait.limit}" if wait and wait.limit else ""
    return texts.LIST_NEXT_ONE.fill(
        number=ticket.number, name=ticket.name or "", level=level_numeral(ticket.level), wait=limit, why=why
    )


def _named(ticket: Ticket, minutes: int) -> Text:
    return texts.LIST_BACK_ONE.fill(number=ticket.number, name=ticket.name or "", m=minutes)


def _away(ticket: Ticket, minutes: int) -> Text:
    return texts.LIST_AWAY_ONE.fill(number=ticket.number, name=ticket.name or "", where=ticket.held_to or "", m=minutes)
