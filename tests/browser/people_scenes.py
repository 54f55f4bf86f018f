"""An office's staff, for pages that show people; none of them is anybody."""

from gateway.operations.audit import By
from gateway.people.accounts import add_person, disable_person
from gateway.people.linked import bind
from gateway.people.rights import read_grant
from gateway.people.tries import count_try
from gateway.store.pool import Pool
from tests.stage.inside import QUICK


async def write_people(pool: Pool, issuer: str) -> None:
    """Add an office's staff: some new, one switched off, one who has to wait, two by a provider."""
    by = By("operator:cli:test", "nhân sự mới")
    staff = (
        ("quan.tri", "Đỗ Thị Quản Trị", ("administrator",), False),
        ("ha.tran", "Trần Thị Thu Hà", ("operator@H31.15", "viewer"), False),
        ("lan.nguyen", "Nguyễn Thị Lan", ("supervisor@H31",), False),
        ("minh.le", "Lê Quang Minh", ("operator@H31.101",), True),
        ("phuong.vu", "Vũ Ngọc Bích Phượng", ("auditor",), False),
        ("tuan.pham", "Phạm Anh Tuấn", ("viewer@H31.143", "operator@H31.101"), False),
    )
    for name, called, roles, must_change in staff:
        await add_person(
            pool,
            name,
            called,
            [read_grant(role) for role in roles],
            by,
            password="con mèo trèo cây cau",
            must_change=must_change,
            secrets=QUICK,
        )
    await disable_person(pool, "tuan.pham", By("operator:cli:test", "nghỉ việc"))
    await bind(pool, "ha.tran", issuer, "f7b1", by)
    await bind(pool, "phuong.vu", issuer, "a0c4", by, follows_groups=True)
    for _ in range(6):
        await count_try(pool, "lan.nguyen", "192.0.2.7")
