"""One checkout, driven in turn by an agent, the hosted page and the JSON API, ends in one order."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from conftest import Agent, amounts, asked, pays
from test_orders import signed_get


class Form(HTMLParser):
    """What the page's form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take one control."""
        found = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.fields[self._select] = found["value"]
        elif tag == "input" and "name" in found:
            is_off = found.get("type") in ("radio", "checkbox") and "checked" not in found
            if not is_off:
                self.fields[found["name"]] = found.get("value", "")


def test_agent_page_and_api_share_one_checkout(agent: Agent) -> None:
    """Prices, options and promised dates agree at every step, and one payment makes one order."""
    opened = agent.open(discounts={"codes": ["WELCOME5"]})
    link = urlsplit(opened["continue_url"])
    secret = {"checkout-secret": agent.secret_of(opened)}
    api = f"/api/checkouts/{opened['id']}"

    page = agent.client.get(f"{link.path}?{link.query}", follow_redirects=True)
    assert page.status_code == 200
    shown = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    assert "A dozen roses" in shown
    assert "$33.90" in shown

    form = Form()
    form.feed(page.text)
    option = next(name for name, value in form.fields.items() if value == "economy")
    chosen = {**form.fields, option: "two-day"}
    refreshed = agent.client.patch(
        link.path,
        content="&".join(f"{name}={value}" for name, value in chosen.items()).replace(" ", "+"),
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "origin": str(page.url.copy_with(path="/"))[:-1],
        },
    )
    assert refreshed.status_code == 200

    seen = agent.call("GET", f"/checkout-sessions/{opened['id']}")
    group = seen["fulfillment"]["methods"][0]["groups"][0]
    assert group["selected_option_id"] == "two-day"
    assert amounts(seen["totals"]) == {"subtotal": 3500, "discount": -500, "fulfillment": 990, "total": 3990}

    moved = agent.client.patch(
        api,
        json={"delivery": {"address": {
            "country": "US", "name": "Eva Cruz", "line1": "1 Congress Ave", "city": "Austin",
            "region": "TX", "postal_code": "78701",
        }}},
        headers=secret,
    ).json()  # fmt: skip
    seen = agent.call("GET", f"/checkout-sessions/{opened['id']}")
    method = seen["fulfillment"]["methods"][0]
    assert method["selected_destination_id"] != "home"
    assert method["destinations"][-1]["street_address"] == "1 Congress Ave"
    assert amounts(seen["totals"])["total"] == moved["totals"]["total"]

    body = asked(
        line_items=[{"id": seen["line_items"][0]["id"], "item": {"id": "ROSES"}, "quantity": 2}],
        fulfillment={
            "methods": [
                {
                    "id": method["id"], "type": "shipping", "destinations": method["destinations"],
                    "selected_destination_id": method["selected_destination_id"],
                    "groups": [{"id": method["groups"][0]["id"], "selected_option_id": "two-day"}],
                }
            ]
        },
    )  # fmt: skip
    agreed = agent.call("PUT", f"/checkout-sessions/{opened['id']}", body)
    assert agreed["status"] == "ready_for_complete"
    over_api = agent.client.get(api, headers=secret).json()
    assert over_api["deliveries"][0]["address"]["line1"] == "1 Congress Ave"
    promise = next(o for o in over_api["deliveries"][0]["options"] if o["id"] == "two-day")["promise"]

    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    order_id = done["order"]["id"]
    over_api = agent.client.get(f"/api/orders/{order_id}", headers=secret).json()
    order = signed_get(agent, order_id)
    total = amounts(done["totals"])["total"]
    assert total == 7000 + 990
    assert amounts(order["totals"])["total"] == over_api["totals"]["total"] == total
    assert over_api["deliveries"][0]["promise"] == promise
    kept = done["fulfillment"]["methods"][0]["groups"][0]["options"][0]
    assert kept["latest_fulfillment_time"][:10] == promise["latest"]
    assert kept["earliest_fulfillment_time"][:10] == promise["earliest"]
    (payment,) = agent.shop.payments.ledger()
    assert payment[3:] == (total, total, 0)
    permalink = urlsplit(str(order["permalink_url"]))
    confirmed = agent.client.get(f"{permalink.path}?{permalink.query}", follow_redirects=True)
    assert "$79.90" in confirmed.text


def test_checkout_of_the_page_is_handed_to_an_agent(agent: Agent) -> None:
    """A buyer's own checkout goes on in an agent's hands once the shop says so, and only then."""
    new = {"currency": "USD", "lines": [{"sku": "ROSES", "quantity": 1}]}
    made = agent.client.post("/api/checkouts", json=new).json()
    agent.call("GET", f"/checkout-sessions/{made['id']}")
    assert agent.last.status_code == 404
    adopt = agent.shop.ucp.adopt(
        made["id"], platform=agent.profile, version="2026-04-08", secret=made["secret"]
    )
    agent.client.runner.run(adopt)
    seen = agent.call("GET", f"/checkout-sessions/{made['id']}")
    assert agent.secret_of(seen) == made["secret"]
    body = {**asked(), "line_items": [{"id": "ROSES", "item": {"id": "ROSES"}, "quantity": 1}]}
    agent.call("PUT", f"/checkout-sessions/{made['id']}", body)
    done = agent.call("POST", f"/checkout-sessions/{made['id']}/complete", pays())
    assert done["status"] == "completed"
