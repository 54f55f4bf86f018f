"""Calendar files of agencies and of the country, as reviewers would write them."""

from importlib.resources import files

SATURDAYS = """
name = "lang-giang"
version = "2026-12-01"
title = "Giờ làm việc thử nghiệm"
extends = "vn"
agencies = ["H31.101", "H31.2*"]

[[week]]
days = ["sat"]
intervals = [["07:30", "11:30"]]
source = "quyết định thử nghiệm"
certainty = "demo"

[[day_off]]
date = 2026-03-04
kind = "local_day_off"
reason = "ngày nghỉ riêng"
source = "quyết định thử nghiệm"
certainty = "demo"

[[half_day]]
date = 2026-03-05
intervals = [["07:30", "11:30"]]
reason = "nghỉ buổi chiều"
source = "quyết định thử nghiệm"
certainty = "demo"

[[make_up]]
date = 2026-03-08
intervals = [["08:00", "10:00"]]
reason = "làm bù"
source = "quyết định thử nghiệm"
certainty = "demo"
"""


def next_year(version: str = "2026-12-20", known_until: str = "2027-12-31") -> str:
    """The country's calendar with days until the end of 2027, and one more day off in 2026."""
    packaged = files("routing") / "data" / "calendars" / "vn" / "2026-11-22.toml"
    text = packaged.read_text(encoding="utf-8")
    text = text.replace('version = "2026-11-22"', f'version = "{version}"')
    text = text.replace("known_until = 2027-02-03", f"known_until = {known_until}")
    return text + day_off("2026-12-24")


def day_off(day: str, kind: str = "swapped_off") -> str:
    return f"""
[[day_off]]
date = {day}
kind = "{kind}"
reason = "thử nghiệm"
source = "quyết định thử nghiệm"
certainty = "demo"
"""
