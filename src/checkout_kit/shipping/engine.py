"""A policy compiled for one currency: its settings, zones, methods, and a cell per place."""

from attrs import evolve, field, frozen

from checkout_kit.errors import InputError
from checkout_kit.shipping.cells import Cell, CellBuilder
from checkout_kit.shipping.rate import Face
from checkout_kit.shipping.settings import Settings
from checkout_kit.shipping.zones import ZoneTable


@frozen(kw_only=True, eq=False)
class Engine:
    """The compiled form of a policy in one currency; cells are built once per place and kept."""

    settings: Settings
    zones: ZoneTable
    builder: CellBuilder
    faces: tuple[Face, ...]
    order: str = "listed"
    not_priced: frozenset[str] = frozenset()
    origins: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    cells: dict[int, Cell] = field(factory=dict)
    by_origin: dict[str, "Engine"] = field(factory=dict)

    def cell(self, place: int) -> Cell:
        """The cell of a place."""
        found = self.cells.get(place)
        if found is None:
            found = self.cells[place] = self.builder.build(self.zones.places[place])
        return found

    def from_origin(self, origin: str) -> "Engine":
        """The engine for goods that leave from one origin of the policy, made once and kept.

        Methods that ship from another origin only are in `elsewhere` and have no rate.

        Raises:
            InputError: the policy has no such origin.
        """
        if origin not in self.origins:
            remedy = f"use one of {', '.join(self.origins)}"
            raise InputError.of("origin", "not one of the policy's origins", found=origin, remedy=remedy)
        if origin not in self.by_origin:
            methods = self.builder.methods
            self.by_origin[origin] = evolve(
                self,
                settings=evolve(self.settings, default_origin=origin),
                builder=evolve(self.builder, methods=tuple(m.from_origin(origin) for m in methods)),
                elsewhere=frozenset(m.face.method_id for m in methods if not m.ships_from(origin)),
                cells={},
                by_origin={},
            )
        return self.by_origin[origin]
