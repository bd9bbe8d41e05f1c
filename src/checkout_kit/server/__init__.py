"""The ASGI server: the JSON API and the hosted checkout page."""
