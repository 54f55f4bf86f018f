"""A partner that answers with ever other codes does not fill the list of alarms."""

from gateway.dispatch.unlisted import MOST, Unlisted
from gateway.operations.alarms import list_alarms
from tests.integration.api.running import running


async def test_an_agency_gets_so_many_alarms_of_its_own_and_one_for_all_the_rest(
    database_url: str,
) -> None:
    async with running(database_url) as api:
        unlisted = Unlisted(api.gateway.services.pool, {})

        for number in range(MOST + 30):
            await unlisted.note("rest", f"code-{number}", "G09.20")
        await unlisted.note("rest", "strange", "G10.01")

        alarms = await list_alarms(api.gateway.services.pool, limit=1000)
        subjects = {str(one["subject"]) for one in alarms}
        assert len(subjects) == MOST + 2
        assert {"rest:ever-other-codes-of-G09.20", "rest:strange"} < subjects
