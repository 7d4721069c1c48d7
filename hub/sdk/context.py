"""The only way out of a plugin: what it may reach."""

from functools import cached_property
from typing import TYPE_CHECKING

from hub.sdk.surroundings import Surroundings

if TYPE_CHECKING:
    from hub.sdk.database import Database
    from hub.sdk.dropfolder import DropFolder
    from hub.sdk.http import Http
    from hub.sdk.soapcall import Soap


class Context(Surroundings):
    """What a source works with. Nothing is opened, or even imported, before it is asked for."""

    @cached_property
    def http(self) -> "Http":
        from hub.sdk.http import Http

        return Http(self)

    @cached_property
    def soap(self) -> "Soap":
        from hub.sdk.soapcall import Soap

        return Soap(self.config, self.http)

    @cached_property
    def db(self) -> "Database":
        from hub.sdk.database import Database

        return Database(self)

    @cached_property
    def files(self) -> "DropFolder":
        from hub.sdk.dropfolder import DropFolder

        return DropFolder(self)

    def close(self) -> None:
        """Close what was opened."""
        if "http" in self.__dict__:
            self.http.close()
        if "db" in self.__dict__:
            self.db.close()
