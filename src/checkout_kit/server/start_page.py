"""What `/` says where the shop itself opens the checkouts."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checkout_kit.server.page import Page

LEAD = (
    "The shop's server opens a checkout with POST /api/checkouts and its API key, and sends the buyer to "
    "/checkout/ID?secret=SECRET. Every route is described in /openapi.json."
)


def start_routes(page: Page) -> list[Route]:
    """The start page's route."""

    async def start(request: Request) -> Response:
        return page.say(request, "The checkout is running", LEAD)

    return [Route("/", start, methods=["GET"])]
