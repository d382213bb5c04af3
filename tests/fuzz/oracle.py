"""What Python and botocore make of the cases of the fuzz targets.

usage: oracle.py SUBJECT    with the arguments of SUBJECT as one JSON array a line on standard input

Each answer is a line of JSON. An empty line flushes. Texts that stand for bytes have characters up to U+00FF only.
"""

import datetime
import functools
import hashlib
import json
import os
import re
import sys
import tempfile

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SUBJECTS = {}


def subject(function):
    SUBJECTS[function.__name__] = function
    return function


def instant(text):
    """Microseconds since 1970, a missing zone being UTC; None where dateutil sees no instant."""
    import dateutil.parser

    try:
        at = dateutil.parser.parse(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=datetime.timezone.utc)
        # An instant outside of the years 1 to 9999 cannot be written again.
        return (at.astimezone(datetime.timezone.utc) - EPOCH) // datetime.timedelta(microseconds=1)
    except (ValueError, OverflowError, TypeError):
        return None


# What AWS's tools write and ISO 8601 allows.
FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)? *(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-5][0-9])?)?"
)
RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@subject
def timestamp(text):
    return {
        "at": instant(text),
        "form": FORM.fullmatch(text) is not None,
        "rfc3339": RFC_3339.fullmatch(text) is not None,
    }


def depth(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def whole(value):
    """Without halves of surrogate pairs, which only Python can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
        return True
    except UnicodeEncodeError:
        return False


def constants(text):
    """Whether there is NaN or Infinity in a document."""
    found = []
    json.loads(text, parse_constant=found.append)
    return bool(found)


@functools.cache
def cache():
    """botocore's cache, in a folder in memory where there is one, and the folder."""
    import botocore.utils

    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = tempfile.TemporaryDirectory(dir=memory)
    return botocore.utils.JSONFileCache(folder.name), folder


def load(text):
    """The document of a file as botocore reads it, and why somebody else may refuse it."""
    files, folder = cache()
    with open(os.path.join(folder.name, "s.json"), "wb") as file:
        file.write(text.encode("latin-1"))
    try:
        document = files["s"]
    except (KeyError, RecursionError):
        return None, []
    text = text.encode("latin-1").decode()
    reasons = [
        *["surrogate"] * (not whole(document)),
        *["constant"] * constants(text),
        *["deep"] * (depth(document) > 127),
    ]
    return document, reasons


def extras(text, names):
    """What we take beyond botocore: a byte order mark, names in other letter case, numbers of any length."""
    found = []
    text = text.encode("latin-1").decode(errors="replace")
    if text.startswith("\ufeff"):
        found.append("mark")
        text = text[1:]
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return found + ["digits"] * ("digits" in str(error))
    if isinstance(document, dict):
        lower = {name.lower() for name in names}
        if any(name.lower() in lower and name not in names for name in document):
            found.append("case")
    return found


KNOWN = {
    name.lower()
    for name in (
        "startUrl region accessToken expiresAt clientId clientSecret registrationExpiresAt refreshToken".split()
    )
}


@subject
def token(text, rewritten):
    from botocore.exceptions import SSOTokenLoadError

    import botocore.utils

    document, reasons = load(text)
    reasons += extras(text, ["accessToken", "expiresAt"])
    try:
        loader = botocore.utils.SSOTokenLoader({hashlib.sha1(b"s").hexdigest(): document})
        document = loader("s") if document is not None else None
    except (SSOTokenLoadError, TypeError):
        document = None
    if not isinstance(document, dict):
        return {"taken": None, "reasons": reasons}
    at = instant(document["expiresAt"])
    if not isinstance(document["accessToken"], str) or not document["accessToken"]:
        reasons.append("token")
    if at is not None and not FORM.fullmatch(document["expiresAt"].strip()):
        reasons.append("form")
    taken = None if at is None or not whole(document["accessToken"]) else [document["accessToken"], at]
    kept = None
    if rewritten is not None:
        again = json.loads(rewritten)
        others = {name: value for name, value in document.items() if name.lower() not in KNOWN}
        kept = all(name in again and again[name] == value for name, value in others.items())
        kept = kept and all(name in others for name in again if name.lower() not in KNOWN)
    return {"taken": taken, "reasons": reasons, "kept": kept}


@subject
def registration(text):
    document, reasons = load(text)
    needed = ["clientId", "clientSecret", "expiresAt"]
    reasons += extras(text, [*needed, "scopes", "grantTypes"])
    if not isinstance(document, dict) or not all(name in document for name in needed):
        return {"taken": None, "reasons": reasons}
    if "accesstoken" in map(str.lower, document):
        reasons.append("a token")
    at = instant(document["expiresAt"])
    if at is None or not whole(document):
        return {"taken": None, "reasons": reasons}
    if not FORM.fullmatch(document["expiresAt"].strip()):
        reasons.append("form")
    if not all(isinstance(document[name], str) for name in needed) or not document["clientId"]:
        reasons.append("type")
    texts = [
        [item for item in document[name] if isinstance(item, str)] if isinstance(document.get(name), list) else None
        for name in ("scopes", "grantTypes")
    ]
    return {"taken": [*(document[name] for name in needed), *texts], "reasons": reasons}


@subject
def keys(region, session, url, account, role, *scopes):
    """The names of the files of a token, a registration and role credentials."""
    import botocore.credentials
    import botocore.utils

    loader = botocore.utils.SSOTokenLoader({})
    registration = {
        "tool": "botocore",
        "startUrl": url,
        "region": region,
        "scopes": list(scopes) or None,
        "session_name": session or None,
    }
    registration = json.dumps(registration, sort_keys=True)

    def of_sso(name):
        fetcher = botocore.credentials.SSOCredentialFetcher(
            url, region, role, account, None, sso_session_name=name
        )
        return fetcher._create_cache_key()

    def of_role(extra):
        fetcher = botocore.credentials.AssumeRoleCredentialFetcher(None, None, role, extra_args=extra)
        return fetcher._create_cache_key()

    return [
        loader._generate_cache_key(url, None),
        loader._generate_cache_key(url, session),
        hashlib.sha1(registration.encode("utf-8")).hexdigest(),
        of_sso(None),
        of_sso(session),
        of_role({"RoleSessionName": session, "ExternalId": account, "DurationSeconds": len(url)}),
    ]


def main():
    answer = SUBJECTS[sys.argv[1]]
    for line in sys.stdin:
        if line == "\n":
            sys.stdout.flush()
        else:
            print(json.dumps(answer(*json.loads(line))))


if __name__ == "__main__":
    main()
