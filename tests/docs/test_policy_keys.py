"""A merchant finds every key of the policy in the documentation."""

import re
from pathlib import Path

from checkout_kit.shipping.document import PolicyDocument

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("policy", "pricing", "slots", "packages")


def test_every_key_of_the_policy_is_documented() -> None:
    """Each name the schema knows stands on one of the pages about the policy."""
    text = "\n".join((DOCS / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)
    schema = PolicyDocument.model_json_schema(by_alias=True)
    tables = {"policy": schema, **schema["$defs"]}
    assert len(tables) > 40
    missing = [
        f"{name}.{key}"
        for name, table in tables.items()
        for key in table.get("properties", {})
        if not re.search(rf"(?<![\w-]){re.escape(key)}(?!\w)", text)
    ]
    assert missing == []
