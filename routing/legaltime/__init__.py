"""Legal time: when a clock starts, what it counts, and when it must be answered.

Pure and exact: whole microseconds and fractions, a calendar that is passed in, no clock of its
own. Instants are aware datetimes, UTC out. The rules are told in docs/legal-time.md.
"""

from routing.legaltime.arithmetic import add, between, remainder, spent_micros
from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import CalendarUnknown, DayNote, WorkCalendar
from routing.legaltime.calendars import FIRST_CALENDAR, CalendarNotLoaded, Calendars
from routing.legaltime.deadlines import (
    DEFAULT_CUTOFF,
    Due,
    deadline_of,
    due,
    parse_cutoff,
    start_of,
)
from routing.legaltime.explain import CountedDay, Explanation, StartRule, explain
from routing.legaltime.hours import AgencyHours
from routing.legaltime.pauses import Pause, StillPaused
from routing.legaltime.reading import CalendarInvalid, read_calendar
from routing.legaltime.tables import NoSuchCalendar, calendar_versions, load_calendar
from routing.legaltime.thresholds import (
    DEFAULT_THRESHOLDS,
    close_of_notice_day,
    counts_from_the_end,
    notice_day_deadline,
    parse_threshold,
    same_day_due,
    warning_instants,
)

__all__ = [
    "DEFAULT_CUTOFF",
    "DEFAULT_THRESHOLDS",
    "FIRST_CALENDAR",
    "AgencyHours",
    "Budget",
    "CalendarInvalid",
    "CalendarNotLoaded",
    "CalendarUnknown",
    "Calendars",
    "CountedDay",
    "DayNote",
    "Due",
    "Explanation",
    "NoSuchCalendar",
    "Pause",
    "StartRule",
    "StillPaused",
    "Unit",
    "WorkCalendar",
    "add",
    "between",
    "calendar_versions",
    "close_of_notice_day",
    "counts_from_the_end",
    "deadline_of",
    "due",
    "explain",
    "load_calendar",
    "notice_day_deadline",
    "parse_cutoff",
    "parse_threshold",
    "read_calendar",
    "remainder",
    "same_day_due",
    "spent_micros",
    "start_of",
    "warning_instants",
]
