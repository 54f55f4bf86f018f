"""Parameters of an address: one that no route reads is refused, since it would be lost silently."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from gateway.api.problems import refuse
from schemas.problems import ProblemType

_LONGEST_NAME = 64


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse the first query parameter that the route does not know, and name those it does."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    known = set(_known(route.dependant))
    for name in request.query_params:
        if name not in known:
            words = f"known are {', '.join(sorted(known))}" if known else "this address takes none"
            shown = name[:_LONGEST_NAME] if name.isprintable() else "a parameter"
            raise refuse(ProblemType.BAD_QUERY, f"query: {shown} is not known; {words}")


def _known(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias for one in dependant.query_params)
    for below in dependant.dependencies:
        yield from _known(below)
