"""`simulate`: nights played in memory, for what the rules do to waits and how good the forecasts are."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import Real, command, option
from nightdesk_kiosk.cli.files import content_of
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.json_output import JsonObject
from nightdesk_kiosk.ui_language import say, speech
from nightdesk_queue.config import Clinic, Hospital, load
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.tickets import LANE_TEXTS, Lane
from nightdesk_queue.rules import refusals
from nightdesk_queue.simulation.nights import Plan, play_nights
from nightdesk_queue.simulation.outcome import (
    BASELINES,
    ForecastSummary,
    Judged,
    LaneSummary,
    Outcome,
    forecast_summary,
    lane_summaries,
)
from nightdesk_queue.simulation.people import Arrival, Habits, Session, read_arrivals, read_consultations
from nightdesk_queue.simulation.plot import evening_svg
from nightdesk_queue.simulation.trial import NOBODY_STRAYS, ROOMS, forecast_trial
from nightdesk_queue.text.bilingual import Text, same

LANES = {**LANE_TEXTS, Lane.FIRST: Text(zh="普通", en="ordinary"), Lane.PRIORITY: Text(zh="优先", en="priority")}
LANE = Text(zh="队列", en="Lane")
SIDE_BY_SIDE = Text(zh="每格依次为：{names}", en="in each cell: {names}")
CALLED = Text(zh="叫号", en="Called")
LONGEST = Text(zh="最长", en="max")
OVERTAKEN = Text(zh="被超过 均/最多", en="Overtaken mean/most")
OVERDUE = Text(zh="超时", en="Overdue")
TURNED_AWAY = Text(
    zh="{clinic}：{away} 人未取到号，{lapsed} 人过号作废", en="{clinic}: {away} got no number, {lapsed} lapsed"
)
FORECAST = Text(
    zh="预估(n={n})：平均误差 {mae:.1f} 分，80% 区间覆盖 {coverage:.1%}；对照平均误差：{others}",
    en="Forecasts (n={n}): mean error {mae:.1f} min, 80 % interval held {coverage:.1%}; others' mean errors: {others}",
)
BASELINE_TEXTS = {
    "last_patient": Text(zh="上一位 {mae:.1f}", en="last patient {mae:.1f}"),
    "head_of_line": Text(zh="队首 {mae:.1f}", en="head of line {mae:.1f}"),
    "rolling_average": Text(zh="滑动平均 {mae:.1f}", en="rolling average {mae:.1f}"),
}
AFTER_LEAVING = Text(
    zh="有医生离开后一小时内(n={n})：平均误差 {mae:.1f} 分，80% 区间覆盖 {coverage:.1%}",
    en="In the hour after a doctor left (n={n}): mean error {mae:.1f} min, 80 % interval held {coverage:.1%}",
)
NOTHING_TOLD = Text(zh="没有人需要等候，没有预估", en="nobody had to wait, nothing was forecast")
PICTURE = Text(zh="图已写入 {file}", en="the picture is in {file}")
SHARE = Real(0, 1)


@command(cli, "simulate", Text(zh="模拟多个夜晚：规则与预估的效果", en="play nights: what the rules and forecasts do"))
@option("--clinic", multiple=True, metavar="ID", about=Text(zh="只模拟这些门诊(可多次)", en="only these (repeatable)"))
@option("--nights", type=click.IntRange(1, 2000), default=20, show_default=True, about=Text(zh="几夜", en="how many"))
@option("--seed", type=int, default=1, show_default=True, about=Text(zh="随机种子", en="seed of the chances"))
@option("--per-hour", type=Real(0.01, 1000), about=Text(zh="每小时几人(默认九成负荷)", en="arrivals an hour"))
@option("--rooms", type=click.IntRange(1, 50), about=Text(zh="几个诊室(默认按配置)", en="rooms (default: configured)"))
@option("--no-show", type=SHARE, default=0.08, show_default=True, about=Text(zh="叫了不来的比例", en="share missing"))
@option(
    "--examination", type=SHARE, default=0.12, show_default=True, about=Text(zh="去检查的比例", en="share examined")
)
@option(
    "--priority", type=SHARE, default=0.15, show_default=True, about=Text(zh="优先的比例", en="share with priority")
)
@option(
    "--breaks", type=SHARE, default=0.0, show_default=True, about=Text(zh="中途休息的医生比例", en="doctors on a break")
)
@option(
    "--leavers",
    type=SHARE,
    default=0.0,
    show_default=True,
    about=Text(zh="提前离开的比例", en="doctors gone early"),
)
@option(
    "--arrivals",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="到达 CSV：clinic,at", en="CSV of arrivals"),
)
@option(
    "--consultations",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="就诊时长 CSV：visit_type,seconds", en="CSV of consultations: visit_type, seconds"),
)
@option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="与另一配置比较", en="another config.toml to compare"),
)
@option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="把第一夜画成 SVG", en="draw the first night as SVG"),
)
@settings_of
def simulate(
    settings: Settings,
    clinic: tuple[str, ...],
    nights: int,
    seed: int,
    per_hour: float | None,
    rooms: int | None,
    no_show: float,
    examination: float,
    priority: float,
    breaks: float,
    leavers: float,
    arrivals: Path | None,
    consultations: Path | None,
    against: Path | None,
    plot: Path | None,
) -> None:
    """Play nights and print what came of them. Raises Misuse, ConfigError."""
    hospital = settings.hospital
    configurations = [(str(settings.config), hospital)]
    if against:
        configurations.append((str(against), load(against)))
    if plot and plot.suffix.lower() != ".svg":
        raise Misuse("usage", Text(zh="--plot 写 .svg 文件", en="--plot wants a file that ends in .svg"))
    recorded = read_consultations(content_of(consultations), consultations.name) if consultations else []
    begin = settings.now.astimezone(hospital.zone).date() if settings.now_text else Plan.begin
    plan = Plan(
        nights=nights,
        seed=seed,
        begin=begin,
        per_hour=per_hour,
        rooms=rooms,
        habits=Habits(no_show=no_show, examination=examination, priority=priority, breaks=breaks, leavers=leavers),
        arrivals=_arrivals(arrivals, hospital, begin) if arrivals else None,
        recorded=recorded,
    )
    outcomes = []
    for name, one in configurations:
        clinics = _clinics(one, clinic)
        outcomes.append((name, one, clinics, _played(one, clinics, plan)))
    quality = _trial(hospital, outcomes[0][2], recorded, plan) if recorded else None
    _show(settings, outcomes, (quality or outcomes[0][3]).judged)
    if plot:
        _draw(settings, plot, hospital, outcomes)


Played = tuple[str, Hospital, list[Clinic], Outcome]


def _arrivals(file: Path, hospital: Hospital, begin: date) -> list[Arrival]:
    return read_arrivals(content_of(file), file.name, hospital, datetime.combine(begin, time(0), hospital.zone))


def _clinics(hospital: Hospital, wanted: Sequence[str]) -> list[Clinic]:
    if wanted:
        return [refusals.known_clinic(hospital, id_) for id_ in wanted]
    return [clinic for clinic in hospital.clinic if clinic.kiosk]


def _played(hospital: Hospital, clinics: list[Clinic], plan: Plan) -> Outcome:
    with click.progressbar(
        length=plan.nights * len(clinics), file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        return play_nights(hospital, clinics, plan, lambda: progress.update(1))


def _trial(hospital: Hospital, clinics: Sequence[Clinic], recorded: Sequence[Session], plan: Plan) -> Outcome:
    evening = next((clinic for clinic in clinics if not clinic.always_open), clinics[0])
    opens = datetime.combine(plan.begin, time(17, 30), hospital.zone)
    with click.progressbar(length=len(recorded), file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
        return forecast_trial(
            hospital,
            evening,
            recorded,
            opens=opens,
            seed=plan.seed,
            rooms=plan.rooms or ROOMS,
            habits=replace(NOBODY_STRAYS, breaks=plan.habits.breaks, leavers=plan.habits.leavers),
            progress=lambda _: progress.update(1),
        )


def _show(settings: Settings, outcomes: Sequence[Played], judged: Sequence[Judged]) -> None:
    forecast, after_leaving = forecast_summary(judged), forecast_summary([one for one in judged if one.after_leaving])
    if settings.json:
        for name, _, clinics, outcome in outcomes:
            for lane in lane_summaries(outcome, [clinic.id for clinic in clinics]):
                tables.emit(_lane_form(name, lane))
            for clinic in clinics:
                tables.emit(_clinic_form(name, clinic.id, outcome))
        after = {"after_leaving": _after_form(after_leaving)} if after_leaving else {}
        tables.emit({"forecast": {**_forecast_form(forecast), **after}})
        return
    several = len(outcomes) > 1
    if several:
        click.echo(say(SIDE_BY_SIDE.fill(names=" | ".join(name for name, *_ in outcomes))))
    headings = [tables.CLINIC, LANE, CALLED, same("p50"), same("p90"), LONGEST, OVERTAKEN, OVERDUE]
    tables.show_rows(headings, _rows(outcomes), same(""))
    for name, hospital, clinics, outcome in outcomes:
        for clinic in clinics:
            away, lapsed = outcome.turned_away.get(clinic.id, 0), outcome.lapsed.get(clinic.id, 0)
            words = TURNED_AWAY.fill(clinic=hospital.clinic_name(clinic.id), away=away, lapsed=lapsed)
            click.echo(f"{name}: {say(words)}" if several else say(words))
    click.echo(say(_forecast_words(forecast)))
    if after_leaving:
        told, mae, coverage = after_leaving.told, after_leaving.mae, after_leaving.coverage
        click.echo(say(AFTER_LEAVING.fill(n=told, mae=mae, coverage=coverage)))


def _rows(outcomes: Sequence[Played]) -> list[tuple[str, ...]]:
    """Return a line for each clinic and lane; several configurations side by side in each cell."""
    hospital = outcomes[0][1]
    by_lane: dict[tuple[str, Lane], dict[int, LaneSummary]] = {}
    for place, (_, _, clinics, outcome) in enumerate(outcomes):
        for one in lane_summaries(outcome, [clinic.id for clinic in clinics]):
            by_lane.setdefault((one.clinic, one.lane), {})[place] = one
    found = []
    for (clinic, lane), summaries in by_lane.items():
        columns = zip(*(_cells(summaries.get(place)) for place in range(len(outcomes))), strict=True)
        cells = (" | ".join(column) for column in columns)
        found.append((say(hospital.clinic_name(clinic)), say(LANES[lane]), *cells))
    return found


def _cells(one: LaneSummary | None) -> tuple[str, ...]:
    if one is None:
        return ("-",) * 6
    return (
        str(one.called),
        f"{one.p50:.0f}",
        f"{one.p90:.0f}",
        f"{one.longest:.0f}",
        f"{one.overtaken:.1f}/{one.most_overtaken}",
        str(one.overdue),
    )


def _forecast_words(found: ForecastSummary | None) -> Text:
    if found is None:
        return NOTHING_TOLD
    texts = [BASELINE_TEXTS[name].fill(mae=found.baselines[name]) for name in BASELINES]
    others = Text(zh="、".join(text.zh for text in texts), en=", ".join(text.en for text in texts))
    return FORECAST.fill(n=found.told, mae=found.mae, coverage=found.coverage, others=others)


def _forecast_form(found: ForecastSummary | None) -> JsonObject:
    if found is None:
        return {"mae": None, "coverage": None, "baselines": dict.fromkeys(BASELINES)}
    return {"mae": found.mae, "coverage": found.coverage, "baselines": {**found.baselines}}


def _after_form(found: ForecastSummary) -> JsonObject:
    return {"told": found.told, "mae": found.mae, "coverage": found.coverage}


def _lane_form(name: str, one: LaneSummary) -> JsonObject:
    return {
        "config": name,
        "clinic": one.clinic,
        "lane": one.lane.value,
        "called": one.called,
        "p50": one.p50,
        "p90": one.p90,
        "max": one.longest,
        "overtaken": one.overtaken,
        "most_overtaken": one.most_overtaken,
        "overdue": one.overdue,
    }


def _clinic_form(name: str, clinic: str, outcome: Outcome) -> JsonObject:
    return {
        "config": name,
        "clinic": clinic,
        "turned_away": outcome.turned_away.get(clinic, 0),
        "lapsed": outcome.lapsed.get(clinic, 0),
        "left_over": outcome.left_over.get(clinic, 0),
    }


def _draw(settings: Settings, file: Path, hospital: Hospital, outcomes: Sequence[Played]) -> None:
    evenings = [(name, outcome.samples) for name, _, _, outcome in outcomes]
    clinics = [clinic.id for clinic in outcomes[0][2]]
    try:
        file.write_text(evening_svg(hospital, clinics, evenings, speech.language), encoding="utf-8")
    except OSError as error:
        text = Text(zh="写不了 {file}：{e}", en="{file} cannot be written: {e}")
        raise Misuse("usage", text.fill(file=file, e=error.strerror or error)) from error
    if not settings.json:
        click.echo(say(PICTURE.fill(file=file)))
