"""Procedures: the catalogue is found by words without accents, each version has its own page."""

from tests.integration.api.running import Api
from tests.integration.console.visiting import sign_in

PAGE = "/console/procedures"


async def test_a_procedure_is_found_without_accents_and_shown_with_its_law(api: Api) -> None:
    viewer = await sign_in(api, "viewer@H31.101")

    listed = (await viewer.get(f"{PAGE}?text=khai+sinh")).text
    none = (await viewer.get(f"{PAGE}?text=khai+sinh&field=land")).text
    shown = (await viewer.get(f"{PAGE}/2.000987")).text

    assert f"{PAGE}/2.000987" in listed
    assert f"{PAGE}/1.012781" not in listed
    assert "Không tìm thấy thủ tục nào" in none
    assert "Phiên bản 2024-07-01" in shown  # in force in March 2026
    assert "NĐ 63/2024/NĐ-CP" in shown
    assert "Công an cấp xã của nơi cư trú của người nộp" in shown


async def test_an_older_or_a_coming_version_has_a_page_of_its_own(api: Api) -> None:
    viewer = await sign_in(api, "viewer")

    coming = (await viewer.get(f"{PAGE}/2.000987?version=2026-09-01")).text
    unknown = [
        (await viewer.get(f"{PAGE}/{path}")).status_code
        for path in ("2.000987?version=1999-01-01", "5.000001", "9.999999", "x")
    ]

    assert "Chưa có hiệu lực" in coming
    assert "NĐ 301/2026/NĐ-CP" in coming
    assert unknown == [404] * 4


async def test_a_route_is_foretold_at_an_address_that_can_be_shared(api: Api) -> None:
    viewer = await sign_in(api, "viewer@H31.101")
    question = f"{PAGE}/what-if?procedure=2.000987&unit=12472&day=2026-02-27&hour=15:30"

    vague = (await viewer.get(f"{PAGE}/what-if?procedure=2.000987&unit=quynh+phu")).text
    told = (await viewer.get(f"{question}&fact.residence_check=verify")).text

    assert "unit=12472" in vague
    assert "Huyện Quỳnh Phụ, Tỉnh Thái Bình" in vague
    assert "Công an xã Quỳnh Phụ" in told
    assert "06/03/2026 17:30" in told
    assert "sau hạn trả kết quả" in told
    assert "thai-binh-hung-yen" in told


async def test_what_leads_nowhere_says_why_and_what_to_do(api: Api) -> None:
    viewer = await sign_in(api, "viewer")
    asked = f"{PAGE}/what-if?procedure=2.000987"

    gone = (await viewer.get(f"{asked}&unit=12433&day=2026-03-02")).text
    far = (await viewer.get(f"{asked}&unit=12472&day=2027-02-02")).text
    no_day = await viewer.get(f"{asked}&unit=12472&day=2026-02-30")
    odd = await viewer.get(f"{asked}&unit=12472&fact.identity_card=%00&hour=25:99")

    assert "không còn từ ngày 01/07/2025" in gone
    assert "unit=13225" in gone
    assert "mới có đến ngày 03/02/2027" in far
    assert no_day.status_code == odd.status_code == 400
    assert "Ngày hoặc giờ không đúng" in no_day.text


async def test_a_step_without_an_agency_says_what_a_person_can_do(api: Api) -> None:
    viewer = await sign_in(api, "viewer")
    directory = api.state.services.rulebook.directory
    stranger = "H31.101"

    # Handed in at an office of Hưng Yên for a unit of Hà Nội, which the directory does not know.
    told = (
        await viewer.get(
            f"{PAGE}/what-if?procedure=2.000987&unit=00004&day=2026-03-02&office={stranger}"
        )
    ).text

    assert directory.competent("police.local", "00004", api.clock.now()) == ()
    assert "không cơ quan nào đang hoạt động có vai trò “Công an cấp xã”" in told
    assert "/console/stuck?cause=no-competent-agency" in told
