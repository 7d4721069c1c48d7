"""ctx.soap"""

from typing import Any


class Soap:
    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
