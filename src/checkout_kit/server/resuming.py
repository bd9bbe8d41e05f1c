"""Links that open a checkout elsewhere: made for whoever may use it, traded for its secret."""

import datetime as dt
from typing import Annotated, Final, TypeVar

from attrs import frozen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from checkout_kit.errors import Fault, InputError
from checkout_kit.server.page import Page
from checkout_kit.server.security import set_secret_cookie
from checkout_kit.service import AsyncCheckoutService

PATH: Final = "/resume/"
_M = TypeVar("_M", bound=BaseModel)


class LinkBody(BaseModel):
    """How long a link is to work, and which channel it is for."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=30)] = 7
    channel: Annotated[str, StringConstraints(max_length=50)] = ""


class ResumeBody(BaseModel):
    """The token of a link."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=8000)]


async def make_link(
    service: AsyncCheckoutService, request: Request, checkout_id: str, body: bytes
) -> Response:
    """A link to a checkout the caller may use."""
    wanted = _read(LinkBody, body or b"{}")
    until = service.parts.clock() + dt.timedelta(days=wanted.days)
    token = service.resume_token(checkout_id, until=until, channel=wanted.channel)
    url = str(request.base_url).rstrip("/") + PATH + token
    answer = {"url": url, "token": token, "until": until.isoformat()}
    return Response(to_json(answer), status_code=201, media_type="application/json")


def token_in(body: bytes) -> str:
    """The token of a request to resume."""
    return _read(ResumeBody, body).token


@frozen
class LinkOpener:
    """Trades a link for the cookie of the page."""

    page: Page

    def routes(self) -> list[Route]:
        """The one route of links."""
        return [Route(PATH + "{token}", self.page.in_words(self.open), methods=["GET"])]

    async def open(self, request: Request) -> Response:
        """Keep the secret in this browser and go on to the checkout."""
        opened = await self.page.service.resume(request.path_params["token"])
        checkout_id = opened.view.checkout.id
        place = f"{request.scope.get('root_path', '')}/checkout/{checkout_id}"
        response = RedirectResponse(place, status_code=303)
        set_secret_cookie(response, request, checkout_id, opened.secret)
        return response


def _read(model: type[_M], body: bytes) -> _M:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, found["loc"])), found["msg"], "", "see the API document")
            for found in error.errors(include_url=False)
        ]
        raise InputError(faults) from None
