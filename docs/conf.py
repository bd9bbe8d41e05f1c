"""Sphinx configuration; the pages are Markdown, the API reference comes from the docstrings."""

from importlib.metadata import version as installed_version

project = "checkout-kit"
author = "The checkout-kit authors"
release = version = installed_version("checkout-kit")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]
exclude_patterns = ["changelog.d/*", "_build"]
html_theme = "furo"
html_title = "checkout-kit"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
