"""The examples themselves: who says what, when, in local time. Data; nothing here acts.

Each line is `month-day hour:minute step verb …`; `step@2` is its second round. The verbs are in
`lines.py`. Together the examples meet every rule of the clocks: `shows` names those of each.
Instants lie in the versions of the law that the catalogue holds, so some are from 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.procedures.conditions import FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One dossier of one procedure: handed in where and when, and what was said about it."""

    procedure: str
    at: str
    office: str
    places: Mapping[str, str]
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    vi: str
    en: str
    shows: tuple[str, ...]
    says: str


QUYNH_PHU, VU_THU, HUNG_HA = "12472", "13225", "12619"
"""Communes since July 2025, each in the area of another former district."""

EXAMPLES: tuple[Example, ...] = (
    Example(
        procedure="2.000987",
        at="2026-09-03 08:10",
        office="one-stop.commune",
        places={"applicant": QUYNH_PHU},
        facts={"residence_check": "simple", "identity_card": True},
        vi="Chờ xác nhận trên VNeID không tính giờ; thẻ căn cước nằm ngoài thời hạn chung.",
        en="The confirmation on VNeID is not counted; the identity card lies outside the total.",
        shows=("clock hours", "start at receipt", "pause: confirmation", "outside the total"),
        says="""
            09-03 08:21 civil-status receives
            09-03 10:40 civil-status pauses confirmation
            09-04 08:05 civil-status resumes confirmation
            09-04 08:50 civil-status completes issued
            09-04 08:53 population-id receives
            09-04 08:55 population-id completes issued
            09-04 09:32 residence receives
            09-07 15:20 residence completes approved
            09-07 15:41 health-insurance receives
            09-07 15:58 identity-card receives
            09-08 09:15 health-insurance completes issued
            09-11 10:02 identity-card completes issued
        """,
    ),
    Example(
        procedure="2.002622",
        at="2026-03-02 08:05",
        office="one-stop.commune",
        places={"deceased": VU_THU},
        facts={"benefit": "social_insurance", "death_check": "simple"},
        vi="Hai nhánh song song; Công an phát hiện sai sót và trả lại nơi khai tử, nhánh kia "
        "được thu hồi rồi giao lại.",
        en="Two branches in parallel; the police finds an error and gives the dossier back, and "
        "the other branch is taken back and handed over again.",
        shows=("parallel branches", "return", "second round"),
        says="""
            03-02 08:19 civil-status receives
            03-02 14:31 civil-status completes issued
            03-02 14:46 residence-removal receives
            03-02 15:12 social-insurance receives
            03-03 09:22 residence-removal returns civil-status upstream_error
            03-03 09:41 civil-status@2 receives
            03-03 11:04 civil-status@2 completes issued
            03-03 13:52 residence-removal@2 receives
            03-03 14:21 social-insurance@2 receives
            03-04 10:15 residence-removal@2 completes approved
            03-11 16:02 social-insurance@2 completes approved
        """,
    ),
    Example(
        procedure="1.012781",
        at="2026-03-02 09:10",
        office="land-registry.branch",
        places={"land_parcel": VU_THU},
        facts={"obligation": "transfer_taxes", "deductible": False},
        vi="Cơ quan thuế trễ hạn; thời gian thuế và nộp tiền không tính vào thời hạn của VPĐKĐĐ.",
        en="The tax authority is late; its time and the payment are not counted against the land "
        "office's total.",
        shows=("late", "warnings", "breach", "outside the total"),
        says="""
            03-02 09:33 land-transfer-slip receives
            03-05 10:20 land-transfer-slip completes forwarded
            03-05 10:48 tax receives
            03-11 09:15 tax completes issued nothing_to_pay=false
            03-11 10:05 payment receives
            03-13 15:40 payment completes approved
            03-13 16:10 land-completion receives
            03-18 09:30 land-completion completes issued
        """,
    ),
    Example(
        procedure="9.000004",
        at="2026-01-20 09:05",
        office="land-registry.branch",
        places={"land_parcel": HUNG_HA},
        vi="Niêm yết 30 ngày lịch rơi vào Tết nên hạn dời tới hết ngày làm việc đầu tiên; sau đó "
        "tính theo ngày làm việc.",
        en="Thirty calendar days of public posting end inside Tết, so the deadline rolls to the "
        "close of the first working day; after it the limit counts working days.",
        shows=("publication", "calendar days", "roll off days off", "mixed units", "Tết"),
        says="""
            01-20 09:40 publication receives
            02-23 10:10 publication completes approved
            02-23 10:35 certificate receives
            03-06 14:20 certificate completes issued
        """,
    ),
    Example(
        procedure="1.012783",
        at="2026-03-02 08:40",
        office="land-registry.branch",
        places={"land_parcel": QUYNH_PHU},
        facts={"obligation": "none"},
        vi="Chờ công dân bổ sung giấy tờ: giờ của chặng và của hồ sơ dừng lại; bước thuế được bỏ "
        "qua.",
        en="Waiting for the citizen's supplement stops the clocks of the hop and of the dossier; "
        "the tax step is skipped.",
        shows=("pause: supplement", "remainder", "skipped step"),
        says="""
            03-02 09:02 land-check receives
            03-03 09:15 land-check pauses supplement
            03-05 14:10 land-check supplies
            03-06 10:25 land-check completes approved
            03-06 10:50 certificate receives
            03-09 16:05 certificate completes issued
        """,
    ),
    Example(
        procedure="1.012766",
        at="2026-04-28 14:20",
        office="land-registry.branch",
        places={"land_parcel": VU_THU},
        facts={"obligation": "transfer_taxes"},
        vi="Qua dịp nghỉ lễ 30/4 và 1/5: ngày nghỉ không tính.",
        en="Across the holidays of 30 April and 1 May, which do not count.",
        shows=("public holidays", "half days"),
        says="""
            04-28 14:45 land-check receives
            04-29 10:30 land-check completes forwarded
            04-29 10:55 tax receives
            05-05 15:20 tax completes issued
            05-05 15:45 completion receives
            05-07 09:10 completion completes approved
        """,
    ),
    Example(
        procedure="1.012782",
        at="2026-05-04 08:30",
        office="land-registry.branch",
        places={"land_parcel": HUNG_HA},
        vi="Gia hạn một lần, báo trước hạn ít nhất một ngày: ngày hẹn trả dời theo.",
        en="Extended once, told at least a day before: the date promised to the citizen moves "
        "with it.",
        shows=("extension", "promised date moves once", "warnings"),
        says="""
            05-04 09:10 land-check receives
            05-12 15:30 land-check completes approved
            05-12 15:52 completion receives
            05-20 09:30 completion extends 05-27 17:30
            05-27 09:05 completion completes issued
        """,
    ),
    Example(
        procedure="9.000006",
        at="2026-02-12 10:05",
        office="one-stop.commune",
        places={"land_parcel": QUYNH_PHU},
        vi="Hạn mức lẻ (1; 1,5; 2,5 ngày làm việc) qua Tết Bính Ngọ.",
        en="Fractional limits (1, 1.5 and 2.5 working days) across Tết.",
        shows=("fractions of a day", "Tết"),
        says="""
            02-12 10:20 commune-intake receives
            02-13 09:35 commune-intake completes forwarded
            02-13 09:58 land-extract receives
            02-23 14:12 land-extract completes issued
            02-23 14:30 commune-decision receives
            02-25 16:08 commune-decision completes issued
        """,
    ),
    Example(
        procedure="9.000106",
        at="2026-05-11 08:15",
        office="one-stop.commune",
        places={"land_parcel": QUYNH_PHU},
        vi="Giai đoạn hai: sáu lượt của xã và một lượt của thuế nằm ngoài thời hạn chung.",
        en="Second phase: six turns of the commune, and the tax authority's outside the total.",
        shows=("fractions of a day", "outside the total", "no cutoff inside an agency"),
        says="""
            05-11 08:30 intake receives
            05-11 11:05 intake completes forwarded
            05-11 11:15 draft receives
            05-14 16:20 draft completes approved
            05-14 16:40 decision receives
            05-15 15:10 decision completes approved
            05-15 15:20 tax-slip receives
            05-15 16:45 tax-slip completes forwarded
            05-18 08:05 tax receives
            05-20 14:30 tax completes issued
            05-20 14:45 closing receives
            05-21 07:45 closing completes approved
            05-21 08:10 return receives
            05-21 08:50 return completes issued
        """,
    ),
    Example(
        procedure="9.000008",
        at="2026-07-06 08:20",
        office="one-stop.commune",
        places={"construction_site": VU_THU},
        facts={
            "works": "separate_house",
            "act": "new",
            "opinion_fire": True,
            "opinion_land": True,
        },
        vi="Lấy ý kiến song song: một cơ quan trả lời, một cơ quan im lặng quá 02 ngày là đồng ý.",
        en="Opinions are asked in parallel: one agency answers, the other stays silent for two "
        "working days, which is consent.",
        shows=("parallel branches", "silence is consent", "join"),
        says="""
            07-06 08:45 appraise-local receives
            07-08 10:10 appraise-local completes approved
            07-08 10:40 opinion-land receives
            07-09 09:30 opinion-land completes opinion
            07-10 10:35 issue-local receives
            07-13 16:20 issue-local completes issued
        """,
    ),
    Example(
        procedure="1.001776",
        at="2025-06-02 08:10",
        office="one-stop.commune",
        places={"applicant": "12433"},
        vi="Ba cấp trước ngày 01/07/2025: xã, Phòng Lao động huyện, Chủ tịch huyện.",
        en="Three levels, before 1 July 2025: commune, district division, district chair.",
        shows=("historic districts", "no cutoff", "skipped step"),
        says="""
            06-02 08:25 commune-review receives
            06-10 09:40 commune-review completes approved complaint=false
            06-10 09:45 commune-forwarding receives
            06-11 14:30 commune-forwarding completes forwarded
            06-11 15:20 district-appraisal receives
            06-18 10:15 district-appraisal completes approved
            06-18 10:35 district-decision receives
            06-20 16:05 district-decision completes approved
        """,
    ),
    Example(
        procedure="9.000010",
        at="2025-03-03 08:20",
        office="one-stop.commune",
        places={"applicant": "12433"},
        vi="Bốn cấp: xã, niêm yết 07 ngày ngoài thời hạn, huyện, tỉnh, cơ sở; nghỉ Giỗ Tổ 07/4.",
        en="Four levels: commune, seven days of public posting outside the clock, district, "
        "province, facility; 7 April is a holiday.",
        shows=("publication", "four levels", "public holidays"),
        says="""
            03-03 08:50 commune-review receives
            03-14 15:20 commune-review completes approved
            03-14 15:30 publication receives
            03-25 15:05 publication completes approved
            03-25 15:40 district-appraisal receives
            04-02 10:10 district-appraisal completes approved
            04-02 10:30 district-decision receives
            04-04 14:45 district-decision completes approved
            04-04 15:25 province-appraisal receives
            04-14 09:20 province-appraisal completes approved
            04-14 10:00 facility receives
            04-17 15:10 facility completes approved
        """,
    ),
    Example(
        procedure="9.000011",
        at="2025-05-05 09:00",
        office="one-stop.commune",
        places={"deceased": "12433"},
        vi="Huyện không xác nhận đã nhận trong 02 giờ làm việc: hạn mức của hệ thống bị vượt, "
        "hạn mức giải quyết vẫn tính từ lúc gửi.",
        en="The district does not confirm its receipt within two working hours: the systems' "
        "limit is passed, the legal one runs from the hand-over all the same.",
        shows=("receipt limit", "historic districts"),
        says="""
            05-05 09:15 commune-review receives
            05-06 10:30 commune-review completes approved
            05-06 15:40 district-decision receives
            05-08 16:10 district-decision completes approved
        """,
    ),
    Example(
        procedure="9.000012",
        at="2026-03-05 15:20",
        office="one-stop.province",
        places={"business": QUYNH_PHU},
        facts={"kind": "enterprise"},
        vi="Nhận sau 15 giờ nên tính từ ngày làm việc tiếp theo; dữ liệu tự sang cơ quan thuế.",
        en="Taken in after 15:00, so counted from the next working day; the data goes on to the "
        "tax authority by itself.",
        shows=("cutoff", "no limit of its own"),
        says="""
            03-05 15:41 register-enterprise receives
            03-10 10:25 register-enterprise completes issued
            03-10 10:44 tax receives
            03-10 15:05 tax completes approved
        """,
    ),
    Example(
        procedure="9.000013",
        at="2026-03-06 14:40",
        office="one-stop.commune",
        places={"land_parcel": VU_THU},
        vi="VPĐKĐĐ nhận lúc 15:06 thứ Sáu nên hạn là cuối ngày thứ Hai; sự cố mạng kéo sang thứ "
        "Ba.",
        en="The land office receives it at 15:06 on Friday, so it is due on Monday; an outage "
        "makes it Tuesday.",
        shows=("the same day", "start at receipt", "cutoff", "pause: outage"),
        says="""
            03-06 15:06 registration receives
            03-09 14:10 registration pauses outage
            03-10 08:50 registration resumes outage
            03-10 14:25 registration completes issued
        """,
    ),
    Example(
        procedure="9.000014",
        at="2026-03-09 08:35",
        office="one-stop.commune",
        places={"applicant": QUYNH_PHU, "registration": HUNG_HA},
        facts={"act": "correction", "verification": True},
        vi="Xã nơi cư trú hỏi xã nơi đã đăng ký: thêm 03 ngày làm việc để xác minh.",
        en="The commune asks the commune that holds the register: three working days more to "
        "verify.",
        shows=("two agencies of one level", "budgets by case"),
        says="""
            03-09 08:50 examine receives
            03-09 15:10 examine completes forwarded
            03-09 15:35 verification receives
            03-12 10:20 verification completes opinion
            03-12 10:40 register receives
            03-13 14:15 register completes issued
        """,
    ),
    Example(
        procedure="2.000635",
        at="2026-08-22 09:10",
        office="one-stop.commune",
        places={"registration": HUNG_HA},
        vi="Thứ Bảy 22/8/2026 là ngày làm bù: nhận buổi sáng, trả trong ngày.",
        en="Saturday 22 August 2026 is made up for 31 August: taken in that morning, due that day.",
        shows=("the same day", "make-up day"),
        says="""
            08-22 09:20 extract receives
            08-22 15:30 extract completes issued
        """,
    ),
    Example(
        procedure="2.000908",
        at="2026-03-02 08:00",
        office="one-stop.commune",
        places={},
        vi="Hạn mức theo giờ làm việc: 2 + 3 + 2 + 1 giờ trong một xã.",
        en="Limits in working hours, 2 + 3 + 2 + 1, inside one commune.",
        shows=("working hours", "lunch"),
        says="""
            03-02 08:04 reception receives
            03-02 09:40 reception completes forwarded
            03-02 09:45 extraction receives
            03-02 13:50 extraction completes forwarded
            03-02 13:55 signature receives
            03-02 15:35 signature completes forwarded
            03-02 15:38 return receives
            03-02 16:20 return completes issued
        """,
    ),
    Example(
        procedure="9.000016",
        at="2026-03-16 08:25",
        office="police.local",
        places={"applicant": HUNG_HA},
        vi="Công an nơi tiếp nhận chuyển ngay cho Công an xã nơi cư trú: kiểm tra 1/2 ngày, xác "
        "minh thêm, phê duyệt 01 ngày.",
        en="The police office that took it in passes it on at once to the commune police of the "
        "residence: half a day to check, a verification, one day to approve.",
        shows=("half days", "a fact told by a step", "budgets by case"),
        says="""
            03-16 08:40 check receives
            03-16 11:10 check completes forwarded verification=two_days
            03-16 13:35 verification receives
            03-18 09:45 verification completes approved
            03-18 09:50 approval receives
            03-18 16:15 approval completes approved
        """,
    ),
    Example(
        procedure="1.014137",
        at="2026-03-23 08:45",
        office="one-stop.commune",
        places={"applicant": VU_THU},
        facts={"act": "new"},
        vi="BHXH từ chối vì sai dữ liệu; bộ phận một cửa sửa trong ngày và chuyển lại.",
        en="Social insurance refuses wrong data; the one-stop mends it and hands it over again.",
        shows=("refusal", "acknowledgement", "correction within the day"),
        says="""
            03-23 09:10 card receives
            03-24 08:40 card refuses wrong_data
            03-24 09:05 card acknowledges
            03-24 10:30 origin@2 receives
            03-24 14:10 origin@2 corrects
            03-24 14:12 origin@2 completes forwarded
            03-24 14:40 card@2 receives
            03-27 09:20 card@2 completes issued
        """,
    ),
)
