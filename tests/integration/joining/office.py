"""The operator's desk: /v1/operations/agencies as a test says it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration.api.running import Api

JOINER = "H31.102"
WHY = {"reason": "Theo công văn đề nghị kết nối"}


@dataclass(slots=True)
class Office:
    """An operator who is signed in."""

    api: Api
    operator: dict[str, str]

    async def ask(self, path: str, method: str = "GET", **said: Any) -> httpx.Response:
        url = f"/v1/operations/agencies{path}"
        body = None if method == "GET" else {**WHY, **said}
        return await self.api.http.request(method, url, headers=self.operator, json=body)

    async def do(self, path: str, method: str = "POST", **said: Any) -> dict[str, Any]:
        """Do it, and return what was answered; fails unless it was done."""
        answer = await self.ask(path, method, **said)
        assert answer.is_success, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def show(self, code: str = JOINER) -> dict[str, Any]:
        return await self.do(f"/{code}", "GET")

    async def issue(self, code: str = JOINER, *roads: str) -> dict[str, dict[str, Any]]:
        """Issue credentials; return them by road."""
        made = await self.do(f"/{code}/credentials", roads=list(roads) or ["http"])
        return {one["road"]: one for one in made["credentials"]}

    async def sign_in(self, credential: dict[str, Any]) -> httpx.Response:
        return await self.api.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(credential["name"], credential["secret"]),
        )

    async def caller(self, credential: dict[str, Any]) -> dict[str, str]:
        """Sign in and return the Authorization header."""
        answer = await self.sign_in(credential)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def joins(self, code: str = JOINER, connector: str = "mailbox") -> dict[str, str]:
        """Let an agency join as far as `testing`; return the header that it calls with."""
        await self.do("", agency=code)
        credential = (await self.issue(code))["http"]
        await self.do(f"/{code}/endpoint", "PUT", connector=connector)
        await self.do(f"/{code}/capabilities", "PUT")
        return await self.caller(credential)

    async def goes_live(self, code: str = JOINER) -> dict[str, str]:
        """Let an agency join all the way, without a test."""
        caller = await self.joins(code)
        await self.do(f"/{code}/go-live", force=True)
        return caller
