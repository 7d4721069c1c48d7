"""Which servers are trusted over https, and what a person can do about one that is not."""

import ssl
from pathlib import Path

from hub.errors import ConfigError, Unavailable
from hub.sdk.lean import httpx

_UNKNOWN_AUTHORITY = frozenset((2, 18, 19, 20, 21))  # OpenSSL's X509_V_ERR_…
_EXPIRED = 10
_OTHER_NAME = frozenset((62, 64))


def authorities(file: Path | None) -> ssl.SSLContext:
    """Those the machine trusts through httpx, or the one of a private network."""
    try:
        context = (
            ssl.create_default_context(cafile=file) if file else httpx.create_ssl_context(trust_env=False)
        )
        context.set_alpn_protocols(["http/1.1"])
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"ca_file {file} cannot be used: {error}") from error
    return context


def distrusted(address: str, error: BaseException) -> Unavailable | None:
    """What to tell of a connection that failed for the server's certificate; None: it failed otherwise."""
    cause = error.__cause__
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return None
    if cause.verify_code in _UNKNOWN_AUTHORITY:
        found = "the server's certificate is from an authority unknown here"
        remedy = "if the network has an authority of its own, name its certificate (PEM) in `ca_file`"
    elif cause.verify_code in _OTHER_NAME:
        found = "the server's certificate is for another name"
        remedy = "write the name it is for in the address, or ask for a certificate of this name"
    elif cause.verify_code == _EXPIRED:
        found = "the server's certificate has expired"
        remedy = "ask the department to renew it"
    else:
        found = f"the server's certificate is refused: {cause.verify_message}"
        remedy = "ask the department about its certificate"
    return Unavailable(f"{address}: {found}", remedy=remedy)
