"""Results of Python and botocore for the cases of the fuzz targets.

usage: oracle.py SUBJECT    with the arguments of SUBJECT as one JSON array a line on standard input

Each answer is a line of JSON. An empty line flushes. Texts that stand for bytes have characters up to U+00FF only.
"""

import datetime
import functools
import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import unicodedata
import urllib.parse

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SUBJECTS = {}


def subject(function):
    SUBJECTS[function.__name__] = function
    return function


def instant(text):
    """Microseconds since 1970, in UTC if the zone is missing; None if dateutil cannot parse the text."""
    import dateutil.parser

    try:
        at = dateutil.parser.parse(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=datetime.timezone.utc)
        # A time outside the years 1 to 9999 cannot be formatted.
        return (at.astimezone(datetime.timezone.utc) - EPOCH) // datetime.timedelta(microseconds=1)
    except (ValueError, ArithmeticError, TypeError):
        return None


# The ISO 8601 forms that AWS's tools write.
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
    """Removes lone surrogates, which only Python strings can contain."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
        return True
    except UnicodeEncodeError:
        return False


def constants(text):
    """Whether a document contains NaN or Infinity."""
    found = []
    json.loads(text, parse_constant=found.append)
    return bool(found)


@functools.cache
def cache():
    """botocore's cache and its folder, in memory if possible."""
    import botocore.utils

    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = tempfile.TemporaryDirectory(dir=memory)
    return botocore.utils.JSONFileCache(folder.name), folder


def load(text):
    """The document that botocore reads from a file, and reasons for which another parser may reject it."""
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
    """Reasons for which we accept more than botocore: a byte order mark, names in another case, numbers of any length."""
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
    if not isinstance(document["accessToken"], str) or not re.fullmatch("[ -~]+", document["accessToken"]):
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
    if at is None or not whole([document[name] for name in needed]):
        return {"taken": None, "reasons": reasons}
    if not FORM.fullmatch(document["expiresAt"].strip()):
        reasons.append("form")
    if not all(isinstance(document[name], str) for name in needed) or not document["clientId"]:
        reasons.append("type")
    lists = [document.get(name) for name in ("scopes", "grantTypes")]
    texts = [
        [item for item in items if isinstance(item, str)] if isinstance(items, list) and whole(items) else None
        for items in lists
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


@subject
def callback(method, target, host, port, state):
    path, _, query = target.partition("?")
    if host != f"127.0.0.1:{port}":
        return ["host"]
    if path != "/oauth/callback":
        return ["path"]
    if method != "GET":
        return ["method"]
    values = urllib.parse.parse_qs(query, keep_blank_values=True)

    def single(name):
        found = values.get(name, [])
        return found[0] if len(found) == 1 and found[0] else None

    if single("state") is None:
        return ["error without state"] if single("error") else ["incomplete"]
    if single("state") != state:
        return ["state"]
    if single("error"):
        return ["answer", single("error"), single("error_description")]
    return ["answer", single("code")] if single("code") else ["incomplete"]


# Visible signs before a number (Unicode's Prepended_Concatenation_Mark).
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


@subject
def characters(first, count):
    """For each code point: x must not be displayed, p is printable, - is anything else."""

    def kind(code):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Cf", "Zl", "Zp") and code not in VISIBLE:
            return "x"
        return "p" if category[0] not in "CZ" or code in VISIBLE else "-"

    return "".join(kind(code) for code in range(first, first + count))


@subject
def url(given, opened):
    def parts(text):
        split = urllib.parse.urlsplit(text)
        port = split.port if split.port is not None else {"https": 443, "http": 80}.get(split.scheme)
        return [split.scheme, split.hostname, port, split.username, split.password]

    if opened is None:
        return None
    try:
        return {"opened": parts(opened), "given": parts(given)[1]}
    except ValueError as error:
        return {"error": str(error)}


@subject
def scopes(text):
    return [scope.strip() for scope in text.split(",") if scope.strip()]


DOMAINS = """app.aws portal.amazonaws.com portal.amazonaws.com.cn app.amazonwebservices.com.cn portal.amazonaws.eu
    api.amazonwebservices.eu awsapps.com awsapps.cn""".split()
HOSTS = """identitycenter.amazonaws.com identitycenter.amazonaws.com.cn identitycenter.amazonaws.eu
    identitycenter.us-gov.amazonaws.com""".split()
PORTALS = """portal.*.app.aws *.portal.amazonaws.com *.portal.amazonaws.com.cn portal.*.app.amazonwebservices.com.cn
    *.portal.amazonaws.eu portal.*.api.amazonwebservices.eu""".split()


def owned(host):
    host = host.lower().rstrip(".")
    return host in HOSTS or any(host == domain or host.endswith("." + domain) for domain in DOMAINS)


def region_of(host):
    host = host.lower().rstrip(".")
    for portal in PORTALS:
        found = re.fullmatch(r"[^.]+\." + re.escape(portal).replace(r"\*", "([a-z0-9-]+)"), host)
        if found:
            return found[1]
    return None


def normalized(text):
    parts = urllib.parse.urlparse(text)
    port = parts.port
    host = parts.hostname or ""
    if port and port != {"https": 443, "http": 80}.get(parts.scheme):
        host = f"{host}:{port}"
    return urllib.parse.urlunparse((parts.scheme, host, parts.path.rstrip("/"), "", "", ""))


def odd(text):
    """Whether a host or a path has characters that only Python accepts or drops, or a path begins like a host."""
    authority = re.match(r"(?:https?|HTTPS)://([^/?#]*)([^?#]*)", text)
    if authority is None:
        # Python parses other schemes differently; both sides reject them.
        return True
    host = authority[1].rpartition("@")[2].partition(":")[0]
    return (
        re.fullmatch(r"[A-Za-z0-9._-]*", host) is None
        or re.search(r"[][]", authority[1]) is not None
        or re.search(r"[^!-~]", re.split(r"[?#]", text)[0]) is not None
        or (not host and authority[2].startswith("//"))
    )


def kind_of(configured, region):
    parts = urllib.parse.urlparse(configured)
    if parts.scheme != "https":
        return "The sso_start_url must use the https scheme."
    if not parts.hostname:
        return f"Invalid sso_start_url: '{configured}'"
    if not owned(parts.hostname):
        return "vanity"
    if not region:
        # Without the command of the AWS CLI.
        return "Missing required configuration: sso_region."
    return "owned"


def resolved_to(configured, led_to, region):
    final = normalized(led_to)
    parts = urllib.parse.urlparse(final)
    name = parts.hostname or ""
    found = region_of(name) or region
    if not owned(name):
        return f"Could not resolve start URL '{configured}' to an AWS-owned endpoint. Final URL: '{final}'"
    if parts.scheme != "https":
        return f"Resolved URL must use https. Got: '{final}'"
    if not found:
        return f"Cannot determine region from start URL '{configured}'. Please provide sso_region in your configuration."
    return [final, found]


@subject
def start_url(configured, led_to, region, host):
    answer = {"owned": owned(host), "region": region_of(host)}
    try:
        urllib.parse.urlparse(configured).port
        answer |= {"kind": kind_of(configured, region), "configured is odd": odd(configured)}
    except ValueError:
        answer |= {"kind": "no URL", "configured is odd": True}
    try:
        final = normalized(led_to)
        parts = urllib.parse.urlparse(final)
        whole = parts.hostname and parts.scheme
        answer |= {"normalized": final if whole else None, "led to is odd": odd(led_to)}
        answer |= {"resolved": resolved_to(configured, led_to, region)}
    except ValueError:
        answer |= {"resolved": "no URL", "led to is odd": True}
    return answer


@functools.cache
def session():
    import botocore.session

    return botocore.session.Session()


@subject
def endpoint(service, region, fips, dualstack):
    import botocore
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        use_fips_endpoint=bool(fips) or None,
        use_dualstack_endpoint=bool(dualstack) or None,
        signature_version=botocore.UNSIGNED,
    )
    called = []

    def instead(params, **_):
        called.append(urllib.parse.urlsplit(params["url"]))
        return type("Answer", (), {"status_code": 200})(), {}

    try:
        client = session().create_client(service, region_name=region, config=config)
        client.meta.events.register("before-call", instead)
        if service == "sso-oidc":
            client.register_client(clientName="x", clientType="y")
        elif service == "sso":
            client.logout(accessToken="x")
        else:
            client.get_caller_identity()
    except (BotoCoreError, ValueError) as error:
        return str(error)
    return f"{called[0].scheme}://{called[0].netloc}"


@functools.cache
def model():
    return session().get_service_model("sso-oidc")


def only_in_python(body):
    """Whether we reject the JSON (lone surrogates, NaN and Infinity, too many levels), or its `__type` is null,
    which is not a code for us and an empty one for botocore.
    """
    try:
        text = body.decode("utf-8")
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    nothing = isinstance(document, dict) and document.get("__type", "") is None
    return nothing or not whole(document) or constants(text) or depth(document) > 127


def plain(value):
    """The value in a form that both sides can compare: floats as their bits, lone surrogates replaced."""
    if isinstance(value, float):
        return "float " + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(name): plain(item) for name, item in value.items()}
    return value


@subject
def fault(status, code, query, body):
    """Code, message and modelled members; None if botocore raises an exception or we reject the JSON."""
    import botocore.awsrequest
    import botocore.parsers

    headers = botocore.awsrequest.HeadersDict()
    for name, value in (("x-amzn-errortype", code), ("x-amzn-query-error", query)):
        if value != "-":
            headers[name] = value
    response = {"status_code": int(status or 0), "headers": headers, "body": body.encode("latin-1"), "context": {}}
    if response["status_code"] < 301 or only_in_python(response["body"]):
        return None
    parser = botocore.parsers.RestJSONParser()
    operation = model().operation_model("CreateToken")
    try:
        parsed = parser.parse(response, operation.output_shape)
        code = parsed["Error"]["Code"]
        # As in botocore's endpoint.
        shape = model().shape_for_error_code(code)
        members = parser.parse(response, shape) if shape is not None else {}
        members.pop("Error", None)
        members.pop("ResponseMetadata", None)
    except Exception:
        return None
    words = [code, parsed["Error"]["Message"]]
    return [*(word if isinstance(word, (str, type(None))) else 0 for word in words), members]


@subject
def answer(operation, body):
    import botocore.parsers

    body = body.encode("latin-1")
    try:
        text = body.decode("utf-8")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return {"object": False, "reasons": ["digits"] * ("digits" in str(error))}
    reasons = [
        *["surrogate"] * (not whole(document)),
        *["constant"] * constants(text),
        *["deep"] * (depth(document) > 127),
    ]
    if not isinstance(document, dict) or operation not in model().operation_names:
        return {"object": False, "reasons": reasons}
    response = {"status_code": 200, "headers": {}, "body": body, "context": {}}
    try:
        parsed = botocore.parsers.RestJSONParser().parse(response, model().operation_model(operation).output_shape)
    except Exception:
        return {"object": True, "reasons": reasons}
    parsed.pop("ResponseMetadata")
    texts = "".join(value for value in document.values() if isinstance(value, str))
    # Digits of other scripts and record separators, which `int` accepts as digits and as white space.
    reasons += ["digits"] * any(c.isdigit() and not c.isascii() or "\x1c" <= c <= "\x1f" for c in texts)
    return {"object": True, "reasons": reasons, "members": list(parsed.items())}


@subject
def signature(address, body, region, key, secret, token, second):
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    at = EPOCH + datetime.timedelta(seconds=int(second or 0))
    botocore.auth.get_current_datetime = lambda *_, **__: at
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=address, headers={"Content-Type": "application/json"}, data=body.encode()
    )
    credentials = botocore.credentials.Credentials(key, secret, token or None)
    botocore.auth.SigV4Auth(credentials, "sso-oauth", region).add_auth(request)
    names = ("authorization", "x-amz-date", "x-amz-security-token")
    return [[name, request.headers[name]] for name in names if name in request.headers]


def main():
    answer = SUBJECTS[sys.argv[1]]
    for line in sys.stdin:
        if line == "\n":
            sys.stdout.flush()
        else:
            print(json.dumps(plain(answer(*json.loads(line)))))


if __name__ == "__main__":
    main()
