"""The rooms' English error sentences in the operator's language, recognised by their shape.

Rooms raise plain English and know no translation; a sentence nobody listed here is shown as it is.
"""

import re
from functools import cache

from hub.cli.sentences_of_files import OF_FILES
from hub.cli.sentences_of_plugins import OF_PLUGINS
from hub.cli.sentences_of_records import OF_RECORDS
from hub.cli.sentences_of_runs import OF_RUNS
from hub.cli.sentences_of_store import OF_STORE
from hub.i18n import N_, gettext

SENTENCES = (
    *OF_FILES,
    *OF_RECORDS,
    *OF_RUNS,
    *OF_PLUGINS,
    *OF_STORE,
    # hub.toml and other files people write
    N_("there is no configuration at {path}"),
    N_("name it with --config or HUB_CONFIG, or make an installation with: hub init DIR"),
    N_("{file} has 1 fault"),
    N_("{file} has {count} faults"),
    N_("the configuration has {count} fault(s)"),
    N_("mend each place named, then run: hub check"),
    N_("mend them, then run: hub check"),
    N_("mend the lines named"),
    N_("unknown key"),
    N_("did you mean {key}?"),
    N_("known keys: {keys}"),
    N_("is missing"),
    N_("is empty"),
    N_("found {value}"),
    N_("write a text in quotes"),
    N_("write it: a text in quotes"),
    N_('write a list of texts: ["a", "b"]'),
    N_("make it a table: {header}"),
    N_("make it a table"),
    N_("{value} is not a duration"),
    N_('write a number and a unit: "30s", "10m", "2h", "1d", "1w"'),
    N_("write a duration longer than nothing"),
    N_("no such time zone: {name}"),
    N_('write one like "Asia/Shanghai"'),
    N_("there is no file {name}"),
    N_("write its path relative to this file"),
    N_("no office hours: no working hour would ever pass"),
    N_('write intervals in order, none overlapping: ["08:30-12:00", "14:00-17:30"]'),
    N_("cannot use a store at {url}"),
    N_('write "sqlite:///var/hub.db" (relative to this file) or "postgresql+psycopg://user@host/name"'),
    N_("the environment has no {name}"),
    N_("set {name} before starting the Hub"),
    N_("put the value in that file, in UTF-8"),
    N_('write { env = "NAME" } or { file = "path" }'),
    N_("a secret written out"),
    N_("stands beside every"),
    N_("keep one of the two"),
    N_("is not valid TOML: {fault}"),
    N_("mend the TOML syntax"),
    N_("is not UTF-8"),
    N_("save the file as UTF-8"),
    N_("cannot be read: {why}"),
    N_("check the path"),
    N_("cannot make an installation in {folder}: it is not an empty folder"),
    N_("name a folder that does not exist yet or is empty"),
    # what was asked for and is not there
    N_("no such source: {name}"),
    N_("sources: {names}"),
    N_("sources in {file}: {names}"),
    N_("there is no mapping {name} at {path}"),
    N_("mappings there: {names}"),
    N_("no such mapping"),
    N_("mapping {name} has no stream {stream}"),
    N_("its streams: {names}"),
    N_("no plugin {name}"),
    N_("plugins here: {names}"),
    N_("source {name} is not configured right"),
    N_("source {name} names no known plugin"),
    N_("stream {name} has no mapping"),
    N_("no case {case_no} of source {source} in the store"),
    N_("no case {case_no} of source {source} in the store as known at {when}"),
    N_("check the number (hub quarantine list shows records that were rejected)"),
    N_("there is no card {id}"),
    N_("hub findings lists the cards"),
    N_("card {id} is {status}: it cannot be changed by {action}"),
    N_("possible now: {actions}"),
    N_("no quarantined record {id}"),
    N_("no open quarantined record {id}"),
    N_("see: hub quarantine list"),
    N_("see `hub quarantine list`"),
    N_("{option} is not an instant"),
    N_("write e.g. 2012-09-24T15:00:00+08:00"),
    N_("{name} is not a date"),
    N_("write a date such as 2012-09-24"),
    N_("no such calendar year"),
    N_("--since/--until cannot bound a stream without a cursor: {names}"),
    N_("name sources whose streams all have a cursor, or use --full"),
    # runs
    N_("another run of source {name} is active: {who}"),
    N_("wait until it has finished; if its process is dead the lock is free at once"),
    N_("the run was stopped by a signal"),
    N_("run hub sync again"),
    N_("the pull took longer than its deadline of {seconds} s and was stopped"),
    N_("raise `deadline` of the source, or find out what it waits for"),
    N_("{url}: credentials refused"),
    N_("check the source's credentials"),
    N_("{url}: the server's certificate is from an authority unknown here"),
    N_("if the network has an authority of its own, name its certificate (PEM) in `ca_file`"),
    N_("{url}: the server's certificate is for another name"),
    N_("write the name it is for in the address, or ask for a certificate of this name"),
    N_("{url}: the server's certificate has expired"),
    N_("ask the department to renew it"),
    N_("{url}: the server's certificate is refused: {why}"),
    N_("ask the department about its certificate"),
    N_("ca_file {path} cannot be used: {why}"),
    N_("folder {path} is not there"),
    N_("check `folder`; is the share mounted?"),
    N_("there is no table {name}"),
    N_("check `table` and `schema`"),
    # the store
    N_("the store cannot be kept in {url}"),
    N_("the folder of {path} cannot be made: {why}"),
    N_("the store's schema is {found}, older than {wanted}"),
    N_("the database holds no store yet"),
    N_("run `hub db upgrade`"),
    N_("the backup cannot be written to {path}: that file exists already"),
    N_("name a new file; a backup never overwrites"),
    N_("the backup cannot be written to {path}: {why}"),
)


#: Places of a sentence that hold another one, and such as hold what people wrote.
_SAID_WITHIN = ("fault", "what")
_AS_WRITTEN = ("column", "field", "item", "key", "keys", "name", "names", "source")
#: No sentence of the Hub is as long, but a server may answer with anything, and trying all the ways in
#: which a long text could be of a shape with three holes takes seconds.
_LONGEST = 2_000


def told(sentence: str) -> str:
    """The sentence in the current language; unchanged where nobody listed its shape, or far too long."""
    if len(sentence) > _LONGEST:
        return sentence
    for shape, template in _shapes():
        match = shape.fullmatch(sentence)
        if match:
            values = {name: _put(name, value) for name, value in match.groupdict().items()}
            return gettext(template).format_map(values) if values else gettext(template)
    return gettext(sentence)


def _put(place: str, value: str) -> str:
    if place in _AS_WRITTEN:
        return value
    return told(value) if place in _SAID_WITHIN else gettext(value)


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Longest fixed text first, so that a general shape never hides a special one."""
    ordered = sorted(SENTENCES, key=lambda s: -len(_HOLE.sub("", s)))
    return tuple((re.compile(_pattern(sentence), re.DOTALL), sentence) for sentence in ordered)


_HOLE = re.compile(r"\{(\w+)\}")


def _pattern(sentence: str) -> str:
    fixed = _HOLE.split(sentence)
    return "".join(re.escape(part) if n % 2 == 0 else f"(?P<{part}>.+?)" for n, part in enumerate(fixed))
