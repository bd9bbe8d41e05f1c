"""The part of the adapter suite about what is declared: capabilities, settings, secrets."""

import re

import attrs

from checkout_kit.adapter import OPERATIONS, Adapter, Capability, Secret
from checkout_kit.errors import InputError, Unsupported
from checkout_kit.testing.adapters.supplied import Supplied


class DeclarationSuite(Supplied):
    """Inherited by AdapterConformance; what an adapter says of itself has to be true."""

    def test_name_and_title_are_declared(self) -> None:
        """The name is a lower-case word and there is a title for people."""
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", self.adapter.name), f"name {self.adapter.name!r}"
        assert self.adapter.title.strip(), "the adapter has no title"

    def test_capabilities_are_declared(self) -> None:
        """At least one capability is declared, on the class and as a frozen set."""
        declared = type(self.adapter).capabilities
        assert isinstance(declared, frozenset), "capabilities must be a frozenset on the class"
        assert declared, "an adapter that can do nothing is not one"
        assert declared <= set(Capability), "capabilities holds something that is no Capability"

    def test_declared_operations_exist(self) -> None:
        """Every operation of every declared capability is the adapter's own."""
        missing = [
            name for c in self.adapter.capabilities for name in OPERATIONS[c] if not self._overrides(name)
        ]
        assert not missing, f"declared, but not there: {', '.join(sorted(missing))}"

    def test_undeclared_operations_are_unsupported(self) -> None:
        """Every other operation raises Unsupported; none works without being declared."""
        for capability in set(Capability) - self.adapter.capabilities:
            for name in OPERATIONS[capability]:
                assert not self._overrides(name), f"{name} is there, but {capability.value!r} is not declared"
                try:
                    arguments = [None] * (2 if name in {"render_rates", "offer_options"} else 1)
                    keywords = {"now": self.now} if name == "parse_rates" else {}
                    getattr(self.adapter, name)(*arguments, **keywords)
                except Unsupported:
                    continue
                raise AssertionError(f"{name} is not declared and does not raise Unsupported")

    def test_settings_are_frozen(self) -> None:
        """Settings cannot be changed after construction."""
        settings = self.adapter.settings
        name = attrs.fields(type(settings))[0].name
        try:
            setattr(settings, name, getattr(settings, name))
        except attrs.exceptions.FrozenInstanceError:
            return
        raise AssertionError(f"settings.{name} can be changed")

    def test_secret_is_shown_by_no_repr(self) -> None:
        """Neither the adapter nor its settings show the secret, however they are printed."""
        adapter, settings = self.adapter, self.adapter.settings
        shown = [
            repr(adapter),
            str(adapter),
            repr(settings),
            str(settings),
            f"{settings}",
            repr(vars(adapter)),
        ]
        shown.append(repr(attrs.asdict(settings)))
        assert self.secret not in "".join(shown), "a repr shows the secret"

    def test_secret_is_the_one_in_use(self) -> None:
        """The secret supplied to this suite is among those the adapter checks with."""
        if {Capability.RATES, Capability.WEBHOOKS} & self.adapter.capabilities:
            known = (*self.adapter.rate_secrets(), *self.adapter.webhook_secrets())
            assert self.secret in known, "the adapter was set up with another secret"

    def test_missing_settings_are_all_named(self) -> None:
        """Set up from an empty environment, every variable that is needed is named at once."""
        fields = attrs.fields(type(self.adapter.settings))
        prefix = f"CHECKOUT_KIT_{self.adapter.name.upper()}_"
        needed = {prefix + field.name.upper() for field in fields if field.default is attrs.NOTHING}
        named: set[str] = set()
        try:
            type(self.adapter).from_environment({})
        except InputError as error:
            named = {fault.path for fault in error.faults}
        assert named == needed, f"{', '.join(sorted(named ^ needed))}: not as the settings declare"

    def test_environment_sets_up_the_same_adapter(self) -> None:
        """What was set by arguments can be set by variables, and makes the same settings."""
        settings, prefix = self.adapter.settings, f"CHECKOUT_KIT_{self.adapter.name.upper()}_"
        given = {
            prefix + field.name.upper(): _as_variable(getattr(settings, field.name))
            for field in attrs.fields(type(settings))
        }
        try:
            made = type(self.adapter).from_environment(given).settings
        except InputError as error:
            raise AssertionError(
                f"these settings cannot be given as variables: {self.adapter.scrub(str(error))}"
            ) from error
        names = [field.name for field in attrs.fields(type(settings)) if given[prefix + field.name.upper()]]
        differing = [n for n in names if _stripped(getattr(made, n)) != _stripped(getattr(settings, n))]
        assert not differing, f"read from variables, {', '.join(differing)} is not the value that was set"

    def _overrides(self, name: str) -> bool:
        return getattr(type(self.adapter), name) is not getattr(Adapter, name)


def _stripped(value: object) -> object:
    """A value as a variable can carry it: without the line end after a key, say."""
    if isinstance(value, Secret):
        return Secret(value.reveal().strip())
    return value.strip() if isinstance(value, str) else value


def _as_variable(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(_as_variable(each) for each in value)
    if isinstance(value, Secret):
        return value.reveal()
    return "" if value is None else str(value)
