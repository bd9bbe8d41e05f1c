"""What the templates show, ready to print: every text formatted, every decision taken."""

from attrs import frozen

from checkout_kit.server.address_fields import FormField
from checkout_kit.server.words import Words


@frozen(kw_only=True)
class Link:
    """A link in the strip above the page."""

    url: str
    text: str
    is_current: bool = False


@frozen(kw_only=True)
class ProblemRow:
    """One problem, with the id of the control it is about, or empty."""

    message: str
    target: str = ""


@frozen(kw_only=True)
class OptionCard:
    """One delivery option; `was` is the regular price where the buyer pays less."""

    id: str
    title: str
    description: str
    arrives: str
    order_by: str
    order_by_iso: str
    price: str
    was: str
    is_free: bool
    is_selected: bool


@frozen(kw_only=True)
class SlotCard:
    """One slot of the chosen option; the empty value is any time.

    `note` says how few places are left, or why it cannot be picked.
    """

    value: str
    title: str
    note: str
    is_selected: bool
    is_open: bool


@frozen(kw_only=True)
class WithheldRow:
    """A method that is not offered, why, and what would offer it."""

    title: str
    message: str
    hint: str


@frozen(kw_only=True)
class FreeGoal:
    """How far the cart is from free delivery; `percent` from 0 to 100."""

    text: str
    percent: int
    is_reached: bool


@frozen(kw_only=True)
class TimelineRow:
    """One step of the order's way; `state` is done, current, upcoming or late."""

    title: str
    when: str
    state: str


@frozen(kw_only=True)
class LineRow:
    """One line of the cart."""

    id: str
    title: str
    initial: str
    image: str
    quantity: int
    unit_price: str
    total: str
    can_decrease: bool


@frozen(kw_only=True)
class TotalRow:
    """One row of the totals."""

    title: str
    amount: str
    is_free: bool = False


@frozen(kw_only=True)
class TotalsTable:
    """The totals; `shown` names exactly what the buyer sees, so that nothing else is charged."""

    rows: tuple[TotalRow, ...]
    total: str
    shown: str


@frozen(kw_only=True)
class PlaceCard:
    """A place to choose: a saved address, a pickup point, another address, or that of the first delivery."""

    value: str
    title: str
    text: str = ""
    is_selected: bool = False


@frozen(kw_only=True)
class GoodsTick:
    """A line of the cart that may go with a delivery."""

    line_id: str
    title: str
    is_ticked: bool


@frozen(kw_only=True)
class PaymentCard:
    """A way to pay."""

    id: str
    title: str
    description: str
    is_selected: bool


@frozen(kw_only=True)
class ContactSection:
    """Who orders; collapsed to two lines where everything is known."""

    fields: tuple[FormField, ...]
    is_collapsed: bool
    has_error: bool
    name: str
    email: str


@frozen(kw_only=True)
class DeliverySection:
    """One delivery: what goes along, where to, and how fast.

    Attributes:
        prefix: what the names of its controls begin with.
        places: where it may go; empty where there is nothing but an address to write.
        goods: the lines to tick; empty for the first delivery, which takes the rest.
    """

    id: str
    number: int
    prefix: str
    title: str
    places: tuple[PlaceCard, ...]
    fields: tuple[FormField, ...]
    country: str
    goods: tuple[GoodsTick, ...]
    goods_text: str
    free_shipping: tuple[FreeGoal, ...]
    options: tuple[OptionCard, ...]
    options_note: str
    slots: tuple[SlotCard, ...]
    withheld: tuple[WithheldRow, ...]
    timeline_title: str
    timeline: tuple[TimelineRow, ...]
    can_split: bool = False


@frozen(kw_only=True)
class BillingSection:
    """The billing address: that of the delivery, or one of its own; of its own only where nothing is sent."""

    fields: tuple[FormField, ...]
    country: str
    is_same: bool
    is_own_only: bool


@frozen(kw_only=True)
class PlacedDelivery:
    """One delivery of a placed order."""

    title: str
    is_collected: bool
    address_lines: tuple[str, ...]
    option_title: str
    option_arrives: str
    goods_text: str
    timeline: tuple[TimelineRow, ...]


@frozen(kw_only=True)
class TermsTick:
    """The terms of sale to agree to, where the shop asks for that."""

    url: str
    is_accepted: bool
    error: str


@frozen(kw_only=True)
class Frame:
    """What every page has around its content."""

    title: str
    shop_name: str
    shop_url: str
    words: Words
    static_url: str
    static_version: str
    try_note: str = ""
    try_links: tuple[Link, ...] = ()
    foot: str = ""


@frozen(kw_only=True)
class MessagePage:
    """A page that only says something."""

    frame: Frame
    heading: str
    lead: str
    links: tuple[Link, ...] = ()


@frozen(kw_only=True)
class CheckoutPage:
    """The open checkout."""

    frame: Frame
    action: str
    csrf: str
    submit_key: str
    version: int
    announcement: str
    problems: tuple[ProblemRow, ...]
    notices: tuple[str, ...]
    authentication: str
    authentication_url: str
    contact: ContactSection
    deliveries: tuple[DeliverySection, ...]
    billing: BillingSection
    terms: TermsTick | None
    units: str
    payments: tuple[PaymentCard, ...]
    is_cart_editable: bool
    codes: FormField | None
    lines: tuple[LineRow, ...]
    totals: TotalsTable
    assurance: tuple[str, ...]


@frozen(kw_only=True)
class ConfirmationPage:
    """The placed order."""

    frame: Frame
    heading: str
    lead: str
    order_number: str
    contact_email: str
    deliveries: tuple[PlacedDelivery, ...]
    payment_text: str
    lines: tuple[LineRow, ...]
    totals: TotalsTable
    is_cart_editable: bool = False
