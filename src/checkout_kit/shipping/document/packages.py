"""What a merchant writes about packages; imported only when a policy is loaded."""

from typing import Annotated, Literal

from pydantic import Field

from checkout_kit.shipping.document.fields import Closed, Weight
from checkout_kit.shipping.packages.rules import PackageRules
from checkout_kit.units import parse_weight_g

Split = Annotated[
    str, Field(pattern=r"^(availability|class|attribute:.+)$", examples=["class", "attribute:cold"])
]


class PackagesDocument(Closed):
    """Where goods are taken from, and how one origin's goods part into packages."""

    sourcing: Literal["fewest packages", "cheapest", "fastest", "priority", "nearest"] = "fewest packages"
    split_by: tuple[Split, ...] = ()
    weight_limit: Weight | None = None

    def compiled(self, default_weight_g: int | None = None) -> PackageRules:
        """The rules as a value."""
        limit = None if self.weight_limit is None else parse_weight_g(self.weight_limit)
        return PackageRules(
            sourcing=self.sourcing.replace(" ", "_"),
            split_by=self.split_by,
            weight_limit_g=limit,
            default_weight_g=default_weight_g,
        )
