"""What the fuzzer is told of the studio: ids that exist, and what it is not to do to itself."""

import itertools
import json
import os
import re
import zlib

import schemathesis

# Things that are there, by what their ids begin with; the run's own key is none of them.
THINGS = json.loads(os.environ["CASTAD_FUZZ_THINGS"])
OWN = THINGS["own"]
ID = re.compile(r"(prj|lyr|sng|vid|img|mem|key|lot|use|cmp|cpn|clm|pck|ord|chn|slt|hld|qtk|whk)_[0-9a-f]{32}")
KEY = re.compile(r"[!-~]{1,255}")
WAIT = re.compile(r"wait=0*[1-9][0-9]*")
COUNT = itertools.count()


def known(value):
    """Three of four good ids become one of something that is there."""
    found = ID.fullmatch(value) if isinstance(value, str) else None
    things = THINGS.get(found[1], []) if found else []
    place = zlib.crc32(value.encode()) if things else 0
    return things[place // 4 % len(things)] if things and place % 4 else value


def with_known(value):
    if isinstance(value, dict):
        return {name: with_known(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_known(inner) for inner in value]
    return known(value)


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    return with_known(path_parameters) if path_parameters else path_parameters


@schemathesis.hook
def map_body(ctx, body):
    return with_known(body) if isinstance(body, dict) else body


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    headers = case.headers or {}
    for name in headers:
        # Nobody is at work: a longer wait ends as a short one does, only later.
        if name.lower() == "prefer":
            headers[name] = WAIT.sub("wait=1", str(headers[name]))
        # A good name is a new one: the same would be another request's.
        if name.lower() == "idempotency-key" and KEY.fullmatch(str(headers[name])):
            headers[name] = f"{next(COUNT)}-{headers[name]}"[:255]
    if case.operation.path == "/v1/keys/{id}" and (case.path_parameters or {}).get("id") in OWN:
        case.path_parameters["id"] = THINGS["key"][0]
    if case.operation.path == "/v1/channels" and isinstance(case.body, dict):
        dates = case.body.get("dates")
        # No schema says that a day is to come.
        if isinstance(dates, list) and all(re.fullmatch(r"\d{4}-\d\d-\d\d", str(day)) for day in dates):
            case.body["dates"] = ["2099" + day[4:] if day[5:] != "02-29" else "2099-02-28" for day in dates]
