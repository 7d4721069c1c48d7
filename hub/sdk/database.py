"""ctx.db"""

from typing import Any


class Database:
    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
