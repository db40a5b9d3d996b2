"""How long the lobby waits for people, and how it tells a tap that was meant from one that was not."""

from __future__ import annotations

from nightdesk_kiosk.lobby.messages import Spot
from nightdesk_kiosk.lobby.states import Cleaning, Idle, LobbyState, Page, ServiceMenu, ShowingNumber, Suspended
from nightdesk_queue.domain.records import Record

NEAR_COLUMNS, NEAR_ROWS = 16, 4
"""So near the last tap another one may be the second half of it; four times the scatter of trembling hands."""


class Patience(Record):
    """Seconds of the lobby's clock.

    `page`: without a touch until the countdown begins; `warn`: how long it lasts before everything is wiped.
    `moment`: how long a number stands once its slip is out, `number`: while no slip has come, counted from the last
    touch. `settle`: for so long after a page has changed no tap is meant for it; `double`: no tap near the last one:
    it is the second half of a double tap, or a trembling hand. `slow`: an answer that takes longer is told to be on its
    way. `slip_late`: a slip that takes longer may not come. `again`: how long the last number can be seen again.
    `key`: the same key of the keypad within so long is one press. `name`: five touches of the name within so long open
    the service menu. `look`: how often the idle page looks at the clinics. `cleaning`: how long the screen is locked.
    `elder`: so many times slower is everything that ends by itself in the large mode.
    """

    page: float = 60.0
    warn: float = 20.0
    moment: float = 20.0
    number: float = 90.0
    settle: float = 0.8
    double: float = 1.8
    slow: float = 3.0
    slip_late: float = 6.0
    again: float = 60.0
    key: float = 0.25
    name: float = 4.0
    look: float = 20.0
    cleaning: float = 30.0
    elder: float = 2.0

    def settling(self, state: LobbyState, spot: Spot | None, now: float) -> bool:
        """Whether the page is so new that a tap at a spot cannot be meant for it; None is a key, aimed at nothing."""
        age = now - state.since
        return age < self.settle or (age < self.double and near(spot, state.spot))

    def unread(self, state: LobbyState, now: float) -> bool:
        """Whether a page is so new that nobody has read it: that no danger sign of it applies cannot be meant.

        Wherever the tap is: the second half of a double tap lands anywhere, and one that passes a page of danger signs
        unseen gives a number to somebody who should go to Emergency. That one does apply is heard as soon as any tap.
        """
        return now - state.since < self.double

    def countdown_at(self, state: LobbyState) -> float | None:
        """Return when the countdown of a state begins; None where nothing ends by itself."""
        page = state.page
        if isinstance(page, Cleaning) or (at_home(page) and state.over is None):
            return None
        touched = state.since if state.touched is None else max(state.touched, state.since)
        times = self._times(state)
        if isinstance(page, ShowingNumber) and state.over is None:
            if page.job is not None and page.out_at is not None:
                return max(page.out_at, touched) + self.moment * times
            return touched + (self.number if page.issued.slip else self.page) * times
        return touched + self.page * times

    def leaves_at(self, state: LobbyState) -> float | None:
        """Return when a state nobody touches goes home; None where nothing ends by itself."""
        begins = self.countdown_at(state)
        return None if begins is None else begins + self.countdown(state)

    def countdown(self, state: LobbyState) -> float:
        """Return how long the countdown of a state lasts."""
        return self.warn * self._times(state)

    def _times(self, state: LobbyState) -> float:
        return self.elder if state.elder else 1.0

    def seconds_left(self, state: LobbyState, now: float) -> int | None:
        """Return the seconds of the countdown that are left; None while it has not begun."""
        begins, ends = self.countdown_at(state), self.leaves_at(state)
        if begins is None or ends is None or now < begins:
            return None
        return max(int(ends - now) + 1, 0)


def near(spot: Spot | None, other: Spot | None) -> bool:
    """Whether two taps may be one."""
    if spot is None or other is None:
        return False
    return abs(spot.x - other.x) <= NEAR_COLUMNS and abs(spot.y - other.y) <= NEAR_ROWS


def at_home(page: Page) -> bool:
    """Whether a page is where the lobby waits for the next patient."""
    return isinstance(page, Idle | Suspended)


def of_service(page: Page) -> bool:
    """Whether a page is for service staff: danger signs and help have no business there."""
    return isinstance(page, ServiceMenu | Cleaning)
