"""httpx without its command line, which would load click, rich and pygments into every plugin's process."""

import sys
from typing import Any

_nothing: Any = None  # what Python takes for a module that cannot be imported
_click = sys.modules.get("click")
sys.modules["click"] = _nothing
try:
    import httpx as httpx
finally:
    if _click is None:
        del sys.modules["click"]
    else:
        sys.modules["click"] = _click
