"""What each table of config.toml may hold: keys, kinds of value, defaults.

Every table refuses unknown keys and is frozen once read. Rules that need two values are in `references`.
"""

from __future__ import annotations

from dataclasses import field
from datetime import time
from typing import Annotated, Literal

from nightdesk_queue.config.fields import (
    OVERDUE_MINUTES,
    BiText,
    CalendarDate,
    ClockTime,
    DatabaseUrl,
    HelpedLane,
    Id,
    Minutes,
    OverdueLimits,
    RedFlag,
    WebAddress,
    Weekdays,
    ZoneName,
    wrong,
)
from nightdesk_queue.config.table import Checked, Limits, Table
from nightdesk_queue.text.bilingual import Language, Text


def _each_once(value: list[Language]) -> list[Language]:
    if len(set(value)) != len(value):
        raise wrong(
            Text(zh="语言重复", en="a language is named twice"),
            Text(zh="每种语言只写一次", en="name each language once"),
        )
    return value


Languages = Annotated[list[Language], Limits(min_length=1), Checked(_each_once)]


class Emergency(Table):
    """Where patients are sent who must not wait in any queue."""

    phone: str = "120"
    route: BiText = Text(zh="请立即前往急诊科", en="Go to Emergency at once")


class HospitalTable(Table):
    """The `[hospital]` table.

    `desk`: where people are, as it stands in a sentence that sends a patient there. `information`: a folder of Markdown
    pages for patients, from the configuration's folder.
    """

    name: BiText
    timezone: ZoneName = "Asia/Shanghai"
    day_starts: ClockTime = time(8, 0)
    languages: Languages = field(default_factory=lambda: ["zh", "en"])
    emergency: Emergency = Emergency()
    hotline: str | None = None
    desk: BiText = Text(zh="分诊台", en="the triage desk")
    information: str | None = None
    holidays: list[CalendarDate] = field(default_factory=list)
    working_weekends: list[CalendarDate] = field(default_factory=list)


class DatabaseTable(Table):
    """The `[database]` table: a file of this machine, or a database on a server that serves several machines.

    `password_file`: holds the password of a server, alone; from the configuration's folder.
    """

    url: DatabaseUrl = "sqlite:///nightdesk.db"
    password_file: str | None = None


class Session(Table):
    """One evening of a clinic, in local times; one that closes after midnight belongs to the day it opened."""

    days: Weekdays = (0, 1, 2, 3, 4, 5, 6)
    opens: ClockTime
    last_ticket: ClockTime
    closes: ClockTime
    quota: Annotated[int, Limits(ge=1)] | None = None

    @property
    def crosses_midnight(self) -> bool:
        """Whether it closes on the day after it opened."""
        return self.closes <= self.opens


class ConsultMinutes(Table):
    """The hospital's own guess of a consultation's mean length, by visit type."""

    first: Minutes = 15
    return_: Minutes = 10


class OnCall(Table):
    """When a doctor is paged instead of sitting at the desk; `from` = `to` means day and night.

    `comes_in_minutes`: how long the doctor usually takes to come; patients are told.
    """

    from_: ClockTime
    to: ClockTime
    printer: Id | None = None
    display: Id | None = None
    post: WebAddress | None = None
    escalate_after_minutes: Minutes = 5
    comes_in_minutes: Minutes = 15


class OrderRules(Table):
    """`[clinic.order]`: who is next inside a triage level.

    `insert_every`: one of a lane after so many ordinary patients (2 where a lane is not named); `when_returns_lead`
    takes the place of the returns' number while more of them wait than first visits. `overdue_minutes`: by level.
    `rates`: for `accumulate`, by priority id or lane; 1 where none is named. `look_again_minutes`: how long a look at
    an overdue patient, or at one who is away too long, keeps them from being told of again.
    """

    rule: Literal["interleave", "accumulate"] = "interleave"
    insert_every: dict[HelpedLane, Annotated[int, Limits(ge=1)]] = field(default_factory=dict)
    when_returns_lead: Annotated[int, Limits(ge=1)] = 1
    booked: Literal["equal", "first"] = "equal"
    overdue_minutes: OverdueLimits = field(default_factory=lambda: dict(OVERDUE_MINUTES))
    rates: dict[str, Annotated[float, Limits(gt=0, le=1000, allow_inf_nan=False)]] = field(default_factory=dict)
    look_again_minutes: Annotated[int, Limits(ge=1, le=240)] = 20


class MissedRules(Table):
    """`[clinic.missed]`: what happens to patients who do not come.

    `called_minutes`: how long after a call staff are told of a patient who has not come.
    """

    recalls: Annotated[int, Limits(ge=1, le=20)] = 3
    lapse_after: Annotated[int, Limits(ge=1, le=20)] = 3
    rejoin: Literal["insert", "places", "end"] | None = None
    places: list[Annotated[int, Limits(ge=1, le=1000)]] = field(default_factory=list)
    cool_down_seconds: Annotated[int, Limits(ge=0, le=3600)] = 60
    called_minutes: Annotated[int, Limits(ge=1, le=240)] = 5

    def __post_init__(self) -> None:
        """Raise where `places` and `rejoin` say different things."""
        if (self.rejoin == "places") != bool(self.places) and self.rejoin is not None:
            raise wrong(
                Text(zh='rejoin = "places" 与 places 要一起写', en='rejoin = "places" and places belong together'),
                Text(
                    zh="写 places = [5, 10](第一次退 5 位，第二次 10 位，再往后排到末尾)，或去掉 places",
                    en="write places = [5, 10] (5 back the first time, 10 the second, then the end), or drop places",
                ),
            )

    @property
    def comes_back(self) -> Literal["insert", "places", "end"]:
        """How a missed patient who reports again comes back into the line."""
        return self.rejoin or ("places" if self.places else "insert")


class TransferRules(Table):
    """`[clinic.transfer]`: how much of the waiting already done counts here, how many are taken, and the way back.

    `quota`: transferred patients a session (or service day) takes. `way_back`: after finishing here, a transferred
    patient returns to the clinic they came from.
    """

    credit: Literal["arrival", "half", "none"] = "arrival"
    quota: Annotated[int, Limits(ge=1)] | None = None
    way_back: bool = False


class HoldRules(Table):
    """`[clinic.hold]`: when staff are reminded of a patient who is still away, and where patients are usually sent.

    With `places` the console asks which of them it is.
    """

    places: list[BiText] = field(default_factory=list)
    remind_after_minutes: Minutes = 45


class BookingRules(Table):
    """`[clinic.booking]`: how long before and after the slot a booked patient may report."""

    early_minutes: Annotated[int, Limits(ge=0, le=24 * 60)] = 60
    late_minutes: Annotated[int, Limits(ge=0, le=24 * 60)] = 30


class Clinic(Table):
    """A queue: an evening clinic, a 24-hour clinic or a service counter.

    `printer` takes the slips of numbers that staff issue here and of transfers from here; `session_list` the list at
    the end of each session, which nobody prints without it. `sensitive`: screens and voice tell the number and nothing
    about the patient; `spoken`: in which languages calls are spoken (as `[voice]` says where it is not named). `short`:
    the name where there is little room; `about`: what the clinic is for, in a patient's words.
    """

    id: Id
    name: BiText
    short: BiText | None = None
    about: BiText | None = None
    prefix: Annotated[str, Limits(pattern=r"^[A-Z]{1,2}$")]
    hours: Literal["always"] | None = None
    sessions: list[Session] = field(default_factory=list)
    on_holidays: Literal["open", "closed"] | None = None
    kiosk: bool = True
    rooms: Annotated[list[Id], Limits(min_length=1)]
    route: BiText | None = None
    consult_minutes: ConsultMinutes = ConsultMinutes()
    red_flags: list[RedFlag] = field(default_factory=list)
    on_call: OnCall | None = None
    accepts_transfers_from: list[Id] | None = None
    announce: Literal["number", "masked_name"] = "number"
    order: OrderRules = OrderRules()
    missed: MissedRules = MissedRules()
    transfer: TransferRules = TransferRules()
    hold: HoldRules = HoldRules()
    booking: BookingRules = BookingRules()
    stop_by_forecast: bool = True
    empty_after_minutes: Minutes = 3
    printer: Id | None = None
    session_list: Id | None = None
    sensitive: bool = False
    spoken: list[Language] | None = None

    def __post_init__(self) -> None:
        """Raise where a sensitive clinic would show names."""
        if self.sensitive and self.announce != "number":
            raise wrong(
                Text(zh="sensitive 的门诊只显示号码", en="a sensitive clinic shows numbers only"),
                Text(zh='写 announce = "number"，或去掉 sensitive', en='write announce = "number", or drop sensitive'),
            )

    @property
    def short_name(self) -> Text:
        """The name where there is little room."""
        return self.short or self.name

    @property
    def always_open(self) -> bool:
        """Whether the clinic never closes."""
        return self.hours == "always"

    @property
    def open_on_holidays(self) -> bool:
        """Whether holidays make no difference; by default only clinics that never close are open then."""
        return self.on_holidays == "open" if self.on_holidays else self.always_open


class Room(Table):
    """A consulting room or a counter."""

    id: Id
    name: BiText


class PriorityGroup(Table):
    """A group of patients with a badge: older patients, soldiers, pregnant women ...

    `kiosk`: whether patients may say at a kiosk that they belong to it.
    """

    id: Id
    name: BiText
    badge: Annotated[str, Limits(min_length=1, max_length=4)]
    min_age: Annotated[int, Limits(ge=0, le=120)] | None = None
    max_age: Annotated[int, Limits(ge=0, le=120)] | None = None
    kiosk: bool = True

    def __post_init__(self) -> None:
        """Raise where nobody could be of the age."""
        if self.min_age is not None and self.max_age is not None and self.min_age > self.max_age:
            raise wrong(
                Text(zh="min_age 大于 max_age", en="min_age is above max_age"),
                Text(
                    zh="婴幼儿写 max_age = 3，老人写 min_age = 80",
                    en="write max_age = 3 for infants, min_age = 80 for the old",
                ),
            )
