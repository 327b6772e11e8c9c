"""Where links lead: to the routes of the application, or to files beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from funnelhouse.pages.filters import Filters


@dataclass(frozen=True)
class Links:
    """Links of the application; all are relative, so that it works below any prefix."""

    filters: Filters
    is_live: bool = True

    def page(self, name: str) -> str:
        """Another page, with the same filters."""
        return f"{name}{self.filters.query()}"

    def language(self, page: str, language: str) -> str:
        """The same page in another language."""
        return f"{page}{self.filters.query(lang='' if language == 'en' else language)}"

    def csv(self, page: str, table: str) -> str:
        """A table of a page as a file."""
        return f"{page}/{table}.csv{self.filters.query()}"


@dataclass(frozen=True)
class FileLinks(Links):
    """Links between the files of a site."""

    is_live: bool = False

    def page(self, name: str) -> str:
        """Another page of the same language."""
        return f"{name}.html"

    def language(self, page: str, language: str) -> str:
        """The same page in the folder of another language."""
        return f"../{language}/{page}.html"

    def csv(self, page: str, table: str) -> str:
        """The file of a table."""
        return f"csv/{page}-{table}.csv"
