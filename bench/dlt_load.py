"""dlt loading the bench's department into PostgreSQL; run by the peers' own venv, never by the Hub's.

``python dlt_load.py default|tuned BASE_URL VARIANT POSTGRES_URL STATE_FOLDER``. Both upsert by primary key:
``default`` as its tutorial has it (the declarative REST source), ``tuned`` the fastest way it offers (Arrow
pages, parquet, ADBC).
"""

# mypy: ignore-errors

import sys
from collections.abc import Iterator
from typing import Any

import dlt

KEY = "lsh"
DATASET = "dlt_bench"
UPSERT = {"disposition": "merge", "strategy": "upsert"}


def rest(base_url: str, variant: str) -> Any:
    """The declarative REST source, paged by the cursor that each page names."""
    from dlt.sources.rest_api import rest_api_source

    paginator = {"type": "cursor", "cursor_path": "data.next", "cursor_param": "cursor"}
    permits = {
        "name": "permits",
        "primary_key": KEY,
        "write_disposition": UPSERT,
        "endpoint": {"path": variant, "data_selector": "data.list"},
    }
    return rest_api_source({"client": {"base_url": base_url, "paginator": paginator}, "resources": [permits]})


@dlt.resource(name="permits", primary_key=KEY, write_disposition=UPSERT)
def arrow(base_url: str, variant: str) -> Iterator[Any]:
    """Pages decoded by msgspec and handed over as Arrow tables."""
    import msgspec
    import pyarrow as pa
    import requests

    decode = msgspec.json.Decoder().decode
    with requests.Session() as session:
        cursor = "0"
        while cursor is not None:
            answer = session.get(f"{base_url}/{variant}", params={"cursor": cursor}, timeout=60)
            page = decode(answer.content)["data"]
            yield pa.Table.from_pylist(page["list"])
            cursor = page["next"]


def main(way: str, base_url: str, variant: str, postgres: str, state: str) -> None:
    destination = dlt.destinations.postgres(postgres)
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name=DATASET, pipelines_dir=state)
    if way == "tuned":
        pipeline.run(arrow(base_url, variant), loader_file_format="parquet")
    else:
        pipeline.run(rest(base_url, variant))


if __name__ == "__main__":
    main(*sys.argv[1:])
