"""What the compile steps share: the document, one currency's amounts, known names, the faults."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from attrs import field, frozen

from checkout_kit.errors import Fault
from checkout_kit.shipping.compile.amounts import Amounts
from checkout_kit.shipping.document import PolicyDocument


@frozen(kw_only=True, eq=False)
class Context:
    """One compile run: `zones` numbers the zones in policy order, `asked` collects the facts asked for.

    `origin` is the only one the method being compiled ships from, if it names one.
    """

    document: PolicyDocument
    amounts: Amounts
    faults: list[Fault]
    zones: Mapping[str, int]
    asked: set[str] = field(factory=set)
    origin: str = ""

    def fault(self, path: str, message: str, found: object = None, remedy: str = "") -> None:
        """Note one fault."""
        self.faults.append(Fault(path, message, "" if found is None else repr(found), remedy))

    def known(self, section: str, name: str, names: Iterable[str], path: str) -> bool:
        """Whether a name is one of the section's; notes a fault where it is not."""
        if name in names:
            return True
        close = get_close_matches(name, list(names), n=1)
        remedy = f"did you mean {close[0]!r}?" if close else f"add [{section}.{name}]"
        self.fault(path, f"not one of the policy's {section}", name, remedy)
        return False

    def zone_names(self, names: Iterable[str] | None, path: str) -> frozenset[str] | None:
        """The zone names of a term, checked."""
        if names is None:
            return None
        listed = tuple(names)
        for i, name in enumerate(listed):
            self.known("zones", name, self.zones, f"{path}[{i}]")
        return frozenset(listed)
