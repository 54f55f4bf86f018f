"""Whose time a transfer took, as it may be shown: every charge, and the sums of them.

Instants are exact; sums are in seconds and add up to the time from submission to the end, or to
the instant asked for.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from routing.legaltime import Calendars
from routing.lifecycle.account import Account, Eaten, account_of
from routing.lifecycle.charges import Charge, Party, by_agency, by_hop, by_party, charges
from routing.lifecycle.model import Transfer

View = dict[str, Any]

PARTY_TITLES: Final[Mapping[Party, View]] = {
    Party.SENDER: {"vi": "cơ quan gửi", "en": "sender"},
    Party.GATEWAY: {"vi": "trục liên thông", "en": "gateway"},
    Party.NETWORK: {"vi": "đường truyền, hệ thống", "en": "network"},
    Party.RECEIVER: {"vi": "cơ quan nhận", "en": "receiver"},
    Party.CITIZEN: {"vi": "người dân, doanh nghiệp", "en": "citizen"},
    Party.LAW: {"vi": "theo luật định", "en": "law"},
}

REASON_TITLES: Final[Mapping[str, View]] = {
    "delivery": {"vi": "đang chuyển", "en": "on the way"},
    "receipt": {"vi": "chưa tiếp nhận", "en": "not yet received"},
    "work": {"vi": "xử lý", "en": "work"},
    "cutoff": {"vi": "sau giờ nhận, tính từ ngày làm việc tiếp theo", "en": "after the cutoff"},
    "publication": {"vi": "niêm yết công khai", "en": "public posting"},
    "supplement": {"vi": "chờ bổ sung hồ sơ", "en": "waiting for a supplement"},
    "payment": {"vi": "chờ nộp tiền", "en": "waiting for payment"},
    "confirmation": {"vi": "chờ xác nhận", "en": "waiting for confirmation"},
    "outage": {"vi": "sự cố hệ thống", "en": "outage"},
    "refusal": {"vi": "bị từ chối, chờ nơi gửi ghi nhận", "en": "refused, not yet acknowledged"},
    "correction": {"vi": "trả lại, chờ hoàn thiện", "en": "returned, being corrected"},
    "unresolved": {"vi": "chờ xác định cơ quan", "en": "waiting for an agency to be named"},
    "decision": {"vi": "chờ hệ thống quyết định", "en": "decided late by the gateway"},
}


def time_view(
    transfer: Transfer, now: datetime, calendars: Calendars, ours: Collection[UUID] = ()
) -> View:
    """Show who was charged for each part of the transfer's time, and the sums."""
    charged = charges(transfer, now, ours)
    return {
        "as_of": transfer.ended_at or now,
        "charges": [_charge_view(one) for one in charged],
        "by_party": {party.value: seconds(lasted) for party, lasted in by_party(charged).items()},
        "by_agency": [
            {"agency": agency, "party": party, "seconds": seconds(lasted)}
            for (agency, party), lasted in by_agency(charged).items()
        ],
        "by_hop": [
            {
                "step": step,
                "round": round_,
                **{party.value: seconds(lasted) for party, lasted in sums.items()},
            }
            for (step, round_), sums in by_hop(charged).items()
        ],
        "account": _account_view(account_of(transfer, now, calendars, ours)),
    }


def seconds(lasted: timedelta) -> float:
    return lasted.total_seconds()


def _account_view(account: Account | None) -> View | None:
    """Show what each turn had of the total, took, and left; in seconds of the total's measure."""
    if account is None:
        return None
    return {
        "total": seconds(account.total),
        "used": seconds(account.used),
        "before": seconds(account.before),
        "waited": seconds(account.waited),
        "slack": seconds(account.slack),
        "eaten": _eaten_view(account.eaten),
        "shares": [
            {
                "step": one.step,
                "round": one.round,
                "agency": one.agency,
                "share": seconds(one.share) if one.share is not None else None,
                "used": seconds(one.used),
                "needed": seconds(one.needed),
                "overrun": seconds(one.overrun),
                "eaten": _eaten_view(one.eaten),
                "left": seconds(one.left),
            }
            for one in account.shares
        ],
    }


def _eaten_view(eaten: Eaten) -> list[View]:
    return [{"by": who, "seconds": seconds(took)} for who, took in eaten]


def _charge_view(one: Charge) -> View:
    return {
        "from": one.start,
        "to": one.end,
        "party": one.party,
        "agency": one.agency,
        "step": one.step,
        "round": one.round,
        "reason": one.reason,
        "provisional": one.provisional,
    }
