"""Over https a server is believed by its certificate only, and a refusal names what to do."""

import json
from pathlib import Path

import pytest

from hub.errors import ConfigError, Unavailable
from tests.unit.sdk.conftest import Answer

TLS = Path(__file__).parent / "tls"
PAGES = {"paging": "page", "records": "list", "total": "total"}


def a_page(asked):
    return Answer(json.dumps({"total": 3, "list": [{"n": asked.query["page"]}]}).encode())


@pytest.fixture
def ask(serve, pull, tmp_path):
    """Pull three pages from a server with this certificate, trusting that authority (None: the machine's)."""

    def run(certificate, authority):
        url = serve(a_page, TLS / f"{certificate}.pem")
        config = {"base_url": url, "retries": 0}
        if authority is not None:
            (tmp_path / "city.pem").write_bytes((TLS / f"{authority}.pem").read_bytes())
            config["ca_file"] = "city.pem"
        return pull("rest", config, PAGES)

    return run


def test_the_authority_in_ca_file_beside_hub_toml_is_trusted(ask):
    found = ask("loopback", "authority")
    assert (len(found.raws), found.error) == (3, None)


@pytest.mark.parametrize(
    ("certificate", "authority", "words", "remedy"),
    [
        ("loopback", None, "from an authority unknown here", "`ca_file`"),
        ("loopback", "stranger", "from an authority unknown here", "`ca_file`"),
        ("elsewhere", "authority", "is for another name", "write the name it is for"),
        ("expired", "authority", "has expired", "ask the department to renew it"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused_with_what_to_do(
    ask, certificate, authority, words, remedy
):
    found = ask(certificate, authority)
    assert found.raws == []
    assert isinstance(found.error, Unavailable)
    assert words in found.error.message
    assert remedy in found.error.remedy


def test_a_server_without_tls_is_not_spoken_to_in_the_clear(serve, pull):
    spoken = []
    url = serve(lambda asked: spoken.append(asked) or Answer(b"[]")).replace("http:", "https:")
    found = pull("rest", {"base_url": url, "retries": 0})
    assert isinstance(found.error, Unavailable)
    assert spoken == []


def test_a_ca_file_that_is_none_is_a_fault_of_the_configuration(serve, pull, tmp_path):
    (tmp_path / "city.pem").write_text("no certificate")
    url = serve(a_page, TLS / "loopback.pem")
    error = pull("rest", {"base_url": url, "ca_file": "city.pem"}).error
    assert isinstance(error, ConfigError)
    assert "ca_file" in error.message
