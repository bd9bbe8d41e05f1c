"""The page's own files: read once, served from memory under a name that changes with their content."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from attrs import frozen
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@frozen
class Asset:
    """One file with its media type and the hash of its content."""

    body: bytes
    media_type: str
    digest: str


@frozen
class Assets:
    """All static files by name; `version` changes when any of them does."""

    by_name: Mapping[str, Asset]
    version: str

    @classmethod
    def load(cls) -> "Assets":
        """Read the files that ship with the package."""
        found: dict[str, Asset] = {}
        for entry in files("checkout_kit.server").joinpath("static").iterdir():
            media_type = _TYPES.get("." + entry.name.rpartition(".")[2])
            if media_type is not None:
                body = entry.read_bytes()
                found[entry.name] = Asset(body, media_type, hashlib.sha256(body).hexdigest()[:16])
        whole = "".join(found[name].digest for name in sorted(found))
        return cls(found, hashlib.sha256(whole.encode()).hexdigest()[:12])

    async def serve(self, request: Request) -> Response:
        """Answer a request for one of the files."""
        asset = self.by_name.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        etag = f'"{asset.digest}"'
        is_pinned = request.url.query == self.version
        headers = {
            "ETag": etag,
            "Cache-Control": "public, max-age=31536000, immutable" if is_pinned else "no-cache",
        }
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(asset.body, headers=headers, media_type=asset.media_type)
