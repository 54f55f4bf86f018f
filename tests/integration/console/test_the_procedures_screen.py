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
