"""Takes what shops export: Shopify, WooCommerce, and plain CSV of our own.

Each file is read, mapped by pure functions, and checked whole in a temporary
database; then the good ones are merged into the store in one transaction. The same
file again changes nothing, a newer one updates, nothing is ever deleted.
"""

from __future__ import annotations

from store.importers.intake import NoStoreError, import_files
from store.importers.plain_csv import RELATIONS
from store.importers.progress import Progress, silent
from store.importers.report import FileReport, Problem, Report
from store.importers.templates import template

__all__ = [
    "RELATIONS",
    "FileReport",
    "NoStoreError",
    "Problem",
    "Progress",
    "Report",
    "import_files",
    "silent",
    "template",
]
