"""The proof as one printable page: no script, nothing loaded, every text escaped."""

from collections.abc import Iterable, Iterator
from html import escape
from string import Template

from hub.cli.section import Section

_PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
body { font: 14px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 60em; margin: 2em auto; }
h1 { font-size: 1.5em } h2 { font-size: 1.2em; border-top: 1px solid #999; padding-top: .8em }
h3 { font-size: 1em }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #bbb; padding: .2em .5em; text-align: left }
dl { display: grid; grid-template-columns: max-content auto; gap: .2em 1em } dd { margin: 0 }
td, dd { overflow-wrap: anywhere } tr { break-inside: avoid } h2, h3 { break-after: avoid }
@media print { body { margin: 0; max-width: none } }
</style>
</head>
<body>
$body
</body>
</html>
""")


def page(sections: Iterable[Section], language: str) -> str:
    """The page as text."""
    parts = list(sections)
    body = "\n".join(line for section in parts for line in _section(section))
    return _PAGE.substitute(title=escape(parts[0].title), body=body, language=escape(language))


def _section(section: Section) -> Iterator[str]:
    yield f"<h{section.level}>{escape(section.title)}</h{section.level}>"
    if section.facts:
        pairs = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in section.facts)
        yield f"<dl>{''.join(pairs)}</dl>"
    if section.rows:
        yield f"<table><thead>{_row(section.headings, 'th')}</thead><tbody>"
        yield from (_row(row, "td") for row in section.rows)
        yield "</tbody></table>"


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
