"""Compile what comes on top of a base price: surcharges, free shipping, promotions, tax."""

from checkout_kit.money import Money
from checkout_kit.shipping.compile.conditions import compile_condition
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.document.policy import (
    CountedDocument,
    FreeDocument,
    PromotionDocument,
    SurchargeDocument,
    TaxDocument,
)
from checkout_kit.shipping.goods_basis import Basis, Counted
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.rate import FreeTerms, Promotion, Surcharge, TaxTerms


def compile_surcharge(context: Context, fee: SurchargeDocument, path: str, *, name: str) -> Surcharge:
    """One fee."""
    if (fee.amount is None) is (fee.percent is None):
        context.fault(path, "needs exactly one of amount and percent", name or None)
    if fee.percent is not None and fee.per != "order":
        context.fault(f"{path}.per", "does not go with a percentage", fee.per)
    if fee.counts is not None and fee.per == "order":
        context.fault(f"{path}.counts", "goes with a fee per item or kg", remedy="write per = 'item'")
    minor = context.amounts.minor
    return Surcharge(
        label=fee.title or name or "surcharge",
        path=path,
        amount=None if fee.amount is None else minor(fee.amount, f"{path}.amount"),
        per=fee.per,
        share=None if fee.percent is None else Ratio.of_percent(fee.percent),
        of=fee.of,
        counted=None if fee.counts is None else _counted(fee.counts),
        floor=None if fee.floor is None else minor(fee.floor, f"{path}.floor"),
        ceiling=None if fee.ceiling is None else minor(fee.ceiling, f"{path}.ceiling"),
        zones=context.zone_names(fee.zones, f"{path}.zones"),
        when=None if fee.when is None else compile_condition(context, fee.when, f"{path}.when"),
    )


def surcharges_of(
    context: Context, listed: tuple[str | SurchargeDocument, ...], path: str
) -> tuple[Surcharge, ...]:
    """The fees of a method or rate, in the order they apply."""
    found = []
    for i, fee in enumerate(listed):
        if isinstance(fee, SurchargeDocument):
            found.append(compile_surcharge(context, fee, f"{path}[{i}]", name=""))
        elif context.known("surcharges", fee, context.document.surcharges, f"{path}[{i}]"):
            body = context.document.surcharges[fee]
            found.append(compile_surcharge(context, body, f"surcharges.{fee}", name=fee))
    return tuple(found)


def compile_free(context: Context, free: FreeDocument, path: str) -> FreeTerms:
    """When a method is free."""
    needs = free.needs
    if needs is None:
        if free.amount is not None and free.codes is not None:
            context.fault(
                path, "states an amount and codes but not which are needed", remedy="write needs = 'either'"
            )
        needs = "code" if free.codes is not None else "amount"
    if free.amount is None and needs != "code":
        context.fault(
            f"{path}.amount", "is required", remedy="write the goods total from which shipping is free"
        )
    if free.codes is None and needs != "amount":
        context.fault(f"{path}.codes", "is required", remedy="write the codes that make shipping free")
    if free.amount is not None and needs == "code":
        context.fault(
            f"{path}.amount", "is not used when only a code is needed", remedy="write needs = 'both'"
        )
    if free.codes is not None and needs == "amount":
        context.fault(
            f"{path}.codes", "are not used when only an amount is needed", remedy="write needs = 'both'"
        )
    threshold = None if free.amount is None else context.amounts.minor(free.amount, path)
    return FreeTerms(
        path=path,
        threshold=threshold,
        amount=None if threshold is None else Money(threshold, context.amounts.currency),
        basis=Basis(free.goods, free.tax, Counted() if free.counts is None else _counted(free.counts)),
        codes=frozenset(free.codes or ()),
        needs=needs,
        zones=context.zone_names(free.zones, f"{path}.zones"),
        when=None if free.when is None else compile_condition(context, free.when, f"{path}.when"),
        keeps_surcharges=free.keeps_surcharges,
    )


def _counted(counts: CountedDocument) -> Counted:
    return Counted(
        None if counts.classes is None else frozenset(counts.classes),
        frozenset(counts.except_classes),
        None if counts.skus is None else frozenset(counts.skus),
        frozenset(counts.except_skus),
        counts.needs_shipping,
    )


def compile_promotion(context: Context, cut: PromotionDocument, path: str) -> Promotion:
    """One price cut."""
    if sum(each is not None for each in (cut.percent, cut.amount, cut.price)) != 1:
        context.fault(path, "needs exactly one of percent, amount and price", cut.id)
    share = None if cut.percent is None else Ratio.of_percent(cut.percent)
    if share is not None and share.numerator > share.denominator:
        context.fault(f"{path}.percent", "takes off more than everything", cut.percent, "write at most 100")
    minor = context.amounts.minor
    return Promotion(
        label=cut.title or cut.id,
        path=path,
        share=share,
        amount=None if cut.amount is None else minor(cut.amount, f"{path}.amount"),
        price=None if cut.price is None else minor(cut.price, f"{path}.price"),
        codes=None if cut.codes is None else frozenset(cut.codes),
        zones=context.zone_names(cut.zones, f"{path}.zones"),
        when=None if cut.when is None else compile_condition(context, cut.when, f"{path}.when"),
        exclusive=cut.exclusive,
    )


def compile_tax(
    context: Context, tax: TaxDocument | None, own_rate: str | None, path: str
) -> TaxTerms | None:
    """The tax of a method: its own rate, else the policy's rates per zone and otherwise."""
    if tax is None:
        if own_rate is not None:
            context.fault(
                path, "needs to know whether prices contain it", own_rate, "add [tax] prices = 'included'"
            )
        return None
    if own_rate is not None:
        return TaxTerms(is_added=tax.prices == "added", share=Ratio.of_percent(own_rate), path=path)
    if tax.rate is None and not tax.zones:
        context.fault("tax", "states no rate", remedy="write rate, zones or rate = 'proportional'")
    context.zone_names(tax.zones, "tax.zones")
    is_rate = tax.rate is not None and tax.rate != "proportional"
    return TaxTerms(
        is_added=tax.prices == "added",
        share=Ratio.of_percent(tax.rate) if is_rate and tax.rate is not None else None,
        by_zone={name: Ratio.of_percent(rate) for name, rate in tax.zones.items()},
        is_proportional=tax.rate == "proportional",
    )
