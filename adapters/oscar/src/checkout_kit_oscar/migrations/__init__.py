"""Tables for promises and shipments."""
