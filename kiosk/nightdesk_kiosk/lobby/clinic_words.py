"""What the lobby says of a clinic: its hours, how many wait and how long, or why it gives no number now."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.wait_words import wait_words
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.rules.hours import Opening
from nightdesk_queue.text.bilingual import Text, joined


class ClinicWords:
    """Words about clinics for one page."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def line(self, glance: ClinicGlance) -> str:
        """Return a clinic in one line."""
        parts = [glance.clinic.short_name, self.hours(glance)]
        if glance.refusal is None:
            parts.append(self.queue(glance))
        return "  ".join(self._scene.say(part) for part in parts)

    def below(self, glance: ClinicGlance) -> tuple[str, ...]:
        """Return what stands under a clinic's name where it is chosen, the most important first."""
        say, clinic = self._scene.say, glance.clinic
        state = say(self.hours(glance))
        if glance.refusal is None:
            state = f"{state}  {say(self.queue(glance))}"
        names = (say(clinic.name),) if clinic.short else ()
        return (state, *names, *((say(clinic.about),) if clinic.about else ()))

    def hours(self, glance: ClinicGlance) -> Text:
        """Return the hours, or what staff have changed about them."""
        state, code = glance.state, glance.refusal.code if glance.refusal else None
        if code == "suspended":
            return texts.SUSPENDED.fill(notice=(state.notice if state else None) or "")
        if code == "full":
            return texts.ALL_GIVEN
        if state and state.rooms and code is None:
            hospital = self._scene.hospital
            return texts.MOVED_TO.fill(rooms=joined([hospital.room_name(room) for room in state.rooms]))
        return self._planned(glance.opening)

    def queue(self, glance: ClinicGlance) -> Text:
        """Return how many wait, and how long; that nobody can tell, where the kiosk is cut off."""
        if glance.standing is None:
            return texts.WAIT_NOT_TOLD
        if glance.standing.ahead == 0:
            return texts.NOBODY_WAITS
        return texts.WAITING.fill(n=glance.standing.ahead, wait=wait_words(glance.standing.wait_minutes))

    def why(self, glance: ClinicGlance) -> Text:
        """Return why a clinic gives no number, and when it does again. Call it only for one that has a refusal."""
        assert glance.refusal is not None, "a clinic that gives numbers was asked why it does not"
        return glance.refusal.text

    def _planned(self, opening: Opening) -> Text:
        if opening.issuing:
            if opening.session is None:
                return texts.ALWAYS_OPEN
            until = opening.session.last_ticket.astimezone(self._scene.hospital.zone)
            return texts.OPEN_UNTIL.fill(until=f"{until:%H:%M}")
        if opening.next_opens is None:
            return texts.CLOSED
        return texts.CLOSED_UNTIL.fill(when=self._when(opening.next_opens))

    def _when(self, moment: datetime) -> Text:
        zone = self._scene.hospital.zone
        local = moment.astimezone(zone)
        days = (local.date() - self._scene.now.astimezone(zone).date()).days
        day = {0: texts.TODAY, 1: texts.TOMORROW}.get(days)
        if day is None:
            return texts.day_and_time(local)
        return texts.DAY_AT.fill(day=day, at=f"{local:%H:%M}")

    @staticmethod
    def cells(text: str) -> int:
        """Return how many columns a text takes."""
        return cell_len(text)

    @staticmethod
    def padded(text: str, columns: int) -> str:
        """Return a text filled up to so many columns."""
        return text + " " * max(columns - cell_len(text), 0)
