"""What a person sees of the week: progress while it runs, then who did what, what is stuck, why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gateway.operations.causes import Cause
from gateway.operations.stuck import Stuck
from gateway.sandbox.accounts import Accounts
from gateway.sandbox.participants import Participant
from gateway.sandbox.week import ENDS_AT, STARTS_AT, VIETNAM

_LEVELS = ("commune", "area", "province", "national")
_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


class WeekView:
    """A live panel: legal time, and how many dossiers are where."""

    def __init__(self, console: Console, total: int) -> None:
        self._total = total
        self._now = STARTS_AT
        self._counts: Mapping[str, int] = {}
        self._live = Live(self._panel(), console=console, refresh_per_second=8)

    def __enter__(self) -> "WeekView":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.update(self._panel(), refresh=True)
        self._live.stop()

    def update(self, now: datetime, counts: Mapping[str, int]) -> None:
        self._now, self._counts = now, counts
        self._live.update(self._panel())

    def _panel(self) -> Panel:
        local = self._now.astimezone(VIETNAM)
        span = (ENDS_AT - STARTS_AT).total_seconds()
        passed = min(1.0, (self._now - STARTS_AT).total_seconds() / span)
        get = self._counts.get
        line = Text()
        for label, value, style in (
            ("đã nộp · submitted", get("submitted", 0), "bold"),
            ("đang đi · in flight", get("open", 0), "cyan"),
            ("xong · done", get("done", 0), "green"),
            ("ách tắc · stuck", get("stuck", 0), "yellow"),
            ("quá hạn · breached", get("breached", 0), "red"),
        ):
            line.append(f"{value:>5} ", style)
            line.append(f"{label}   ", "dim")
        clock = Text(f"{_DAYS[local.weekday()]} {local:%d/%m/%Y %H:%M}", "bold")
        return Panel(
            Group(clock, ProgressBar(total=100, completed=passed * 100, width=70), line),
            title="Liên Thông · Hưng Yên (Thái Bình cũ), 2-6/3/2026",
            title_align="left",
            width=110,
        )


def show_agencies(
    console: Console, taking_part: Sequence[Participant], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Print what each agency was handed, by level."""
    table = Table(title="Theo cấp và cơ quan · by level and agency", title_justify="left")
    table.add_column("Cấp · level")
    table.add_column("Cơ quan · agency", overflow="fold")
    table.add_column("Mã · code")
    table.add_column("Đường · road")
    for title in ("nhận · handed", "xong · done", "trả lại · back", "đang · open", "trễ · late"):
        table.add_column(title, justify="right")
    numbers = {row[0]: row[1:] for row in rows}
    ordered = sorted(taking_part, key=lambda one: (_level(one), one.code))
    for before, one in zip([None, *ordered], ordered, strict=False):
        counted = numbers.get(one.code)
        if counted is None:
            continue
        if before is not None and _level(before) != _level(one):
            table.add_section()
        late = Text(str(counted[4]), "red" if counted[4] else "dim")
        table.add_row(
            one.agency.level,
            one.agency.name,
            one.code,
            one.connector,
            *(str(number) for number in counted[:4]),
            late,
        )
    console.print(table)


def show_stuck(console: Console, items: Sequence[Stuck]) -> None:
    """Print what is stuck: how many of each cause, whose, the oldest, and what to do."""
    groups: dict[tuple[Cause, str, str | None], list[Stuck]] = {}
    for item in items:
        groups.setdefault((item.cause, item.whose, item.step), []).append(item)
    table = Table(title=f"Ách tắc · stuck ({len(items)})", title_justify="left")
    for title in ("nguyên nhân · cause", "của ai · whose", "bước · step"):
        table.add_column(title, overflow="fold")
    table.add_column("số · count", justify="right")
    for title in ("cũ nhất · oldest", "từ · since", "việc cần làm · to do"):
        table.add_column(title, overflow="fold")
    for (cause, whose, step), ones in groups.items():
        oldest = min(ones, key=lambda one: (one.since is None, one.since))
        since = oldest.since.astimezone(VIETNAM).strftime("%d/%m %H:%M") if oldest.since else ""
        entry = cause.entry
        row = (entry.title_vi, whose, step or "", str(len(ones)), oldest.code or "", since)
        table.add_row(*row, entry.todo_vi)
    console.print(table)


def show_timeline(console: Console, title: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Print one dossier's way, as its ledger tells it."""
    table = Table(title=title, title_justify="left")
    for heading in ("giờ pháp lý · legal time", "việc · act", "bước · step", "ai · actor"):
        table.add_column(heading)
    for _, _, legal_at, act, actor, step, round_, _ in rows:
        local = legal_at.astimezone(VIETNAM)
        where = f"{step}{'' if round_ == 1 else f' ({round_})'}" if step else ""
        table.add_row(f"{local:%d/%m %H:%M}", act, where, actor)
    console.print(table)


def show_result(console: Console, accounts: Accounts, seconds: float) -> None:
    """Print the balance, counted from both ends."""
    good = accounts.lost == 0 and accounts.duplicate_effects == 0
    console.print(
        f"{accounts.submitted} dossiers: {accounts.completed} completed, "
        f"{accounts.refused} refused, {accounts.open} open ({accounts.stuck} stuck); "
        f"{accounts.warned} warnings, {accounts.breached} breaches; "
        f"{accounts.messages} messages in {seconds:.0f} s"
    )
    if accounts.not_taken:
        told = ", ".join(f"{count} {name}" for name, count in accounts.not_taken.items())
        console.print(f"not taken, each with its reason: {told}", style="dim")
    console.print(
        f"lost {accounts.lost}, duplicate effects {accounts.duplicate_effects}",
        style="bold green" if good else "bold red",
    )


def _level(one: Participant) -> int:
    level = one.agency.level
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
