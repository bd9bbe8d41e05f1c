"""A shop whose van comes in the evening at a time the buyer picks, with a post and a desk beside it."""

import datetime as dt

from checkout_kit.address import Address
from checkout_kit.shipping import ShippingPolicy

NOW = dt.datetime.fromisoformat("2026-11-23T09:00:00-05:00")
TUESDAY, WEDNESDAY = "evening@2026-11-24T18:00", "evening@2026-11-25T18:00"
HOME = Address(country="US", name="Eva", line1="9 Oak Ave", city="Brooklyn", region="NY", postal_code="11231")
_TEXT = """
currency = "USD"
[origins.brooklyn]
timezone = "America/New_York"
works = "Mon-Fri"
cutoff = "14:00"
[zones.city]
where = [{ country = "US" }]
[services.van]
transit = "1 business day"
[[methods]]
id = "van"
title = "Our van"
service = "van"
zones = ["city"]
price = "6.00"
slots = "evening"
[[methods]]
id = "post"
title = "Post"
service = "van"
zones = ["city"]
price = "3.00"
[[methods]]
id = "desk"
title = "Collect"
zones = ["city"]
price = "0.00"
pickup_points = ["shop"]
[pickup_points.shop]
title = "Shop"
address = { country = "US", region = "NY", city = "Brooklyn", line1 = "1 Elm St", postal_code = "11201" }
slots = "desk"
[slots.evening]
timezone = "America/New_York"
windows = [{ days = "Mon-Fri", from = "18:00", to = "21:00", capacity = PLACES, cutoff = "12:00" }]
[slots.desk]
timezone = "America/New_York"
windows = [{ days = "Mon-Sun", from = "10:00", to = "12:00", capacity = 1 }]
"""


def slot_policy(places: int) -> ShippingPolicy:
    """The shop's policy, with so many places in the van each evening."""
    return ShippingPolicy.loads(_TEXT.replace("PLACES", str(places)))
