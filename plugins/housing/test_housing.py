"""The housing committee's plugin adds nothing to its kind; what it reads is in cases/."""

from pathlib import Path

from hub.plugins.manifests import discover


def test_it_reads_csv_as_gb18030_and_workbooks_by_their_suffix() -> None:
    streams = discover(Path(__file__).parents[1])["housing"].streams
    assert streams["cases"].settings["encoding"] == "gb18030"
    assert streams["pauses"].settings["pattern"].endswith(".xlsx")
