"""Documents of a file against the SDK's models; run by the interpreter that has the SDK of their version.

    python judge_models.py documents.json

The file is an array of [kind, document]; the output tells how many models accepted and what the others said.
"""

import json
import sys
from pathlib import Path

from pydantic import ValidationError
from ucp_sdk.models.schemas.shopping import buyer_consent, cart, checkout, discount, fulfillment, order

MODELS = {
    "checkout": (checkout.Checkout, fulfillment.Checkout, discount.Checkout, buyer_consent.Checkout),
    "cart": (cart.Cart, discount.Cart),
    "order": (order.Order,),
}


def main() -> int:
    """Validate and tell."""
    accepted, faults = 0, set()
    for kind, document in json.loads(Path(sys.argv[1]).read_text()):
        for model in MODELS[kind]:
            try:
                model.model_validate(document)
                accepted += 1
            except ValidationError as error:
                faults |= {f"{model.__module__}: {one['loc']}: {one['msg']}" for one in error.errors()}
    sys.stdout.write(json.dumps({"accepted": accepted, "faults": sorted(faults)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
