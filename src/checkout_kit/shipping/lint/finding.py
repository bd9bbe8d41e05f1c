"""What lint says: how bad, where, why, and what would mend it."""

from attrs import frozen

from checkout_kit.errors import Fault


@frozen(kw_only=True)
class Finding:
    """One thing found in a policy; an error refuses to load, a warning is most likely not what was meant.

    `code` is stable and names the kind; `path` is written as the merchant would; `mend` is a suggestion.
    """

    severity: str
    code: str
    path: str
    why: str
    found: str = ""
    mend: str = ""

    @classmethod
    def of_fault(cls, fault: Fault, code: str = "refused") -> "Finding":
        """The same as an error of that kind."""
        return cls(
            severity="error",
            code=code,
            path=fault.path,
            why=fault.message,
            found=fault.found,
            mend=fault.remedy,
        )

    def to_dict(self) -> dict[str, str]:
        """The finding as JSON-ready data."""
        return {
            "severity": self.severity,
            "code": self.code,
            "place": self.path,
            "why": self.why,
            "found": self.found,
            "mend": self.mend,
        }

    def __str__(self) -> str:
        """One line: `error tier_gap zones.metro: why, found x; mend`."""
        text = f"{self.severity} {self.code} {self.path or '(policy)'}: {self.why}"
        if self.found:
            text += f", found {self.found}"
        return f"{text}; {self.mend}" if self.mend else text


def warn(code: str, path: str, why: str, *, found: str = "", mend: str = "") -> Finding:
    """A warning."""
    return Finding(severity="warning", code=code, path=path, why=why, found=found, mend=mend)
