"""Computes the expectations in `config`, `endpoint` and `output` anew, or checks them, with the modules of the AWS CLI.

usage: PYTHON tests/data/reference.py [--check]    PYTHON is the Python of an AWS CLI that was installed from its source

Each line of a file is one case: its inputs stay, its expectation is rewritten. To add a case, add a line with any
expectation and run this. The files in `parity` are recorded by `tests/parity/record.py` instead.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
from unittest import mock

import jmespath

from awscli.customizations.sso import resolve
from awscli.formatter import get_formatter

import botocore
import botocore.session
from botocore.config import Config

DATA = pathlib.Path(__file__).resolve().parent


def words(error):
    return f"{type(error).__name__}: {error}"


def config(lines):
    """botocore's result for each file."""
    names = [line.partition("\t")[0] for line in lines]
    reader = [sys.executable, DATA / "config/botocore_reads.py"]
    text = "".join(f"{name}\n" for name in names)
    utf_8 = os.environ | {"PYTHONUTF8": "1"}
    read = subprocess.run(reader, cwd=DATA / "config", env=utf_8, input=text, stdout=subprocess.PIPE, text=True, check=True)
    return [f"{name}\t{read}" for name, read in zip(names, read.stdout.splitlines())]


def endpoints(lines):
    """The URL of the OIDC service or of the portal in a region, with or without FIPS and dual-stack."""
    session = botocore.session.Session()
    return [endpoint(session, *line.split("\t")[:4]) for line in lines]


def endpoint(session, service, region, fips, dualstack):
    called = []

    def instead(params, **_):
        called.append(params["url"])
        return mock.Mock(status_code=200), {}

    settings = Config(
        use_fips_endpoint=fips == "1",
        use_dualstack_endpoint=dualstack == "1",
        signature_version=botocore.UNSIGNED,
    )
    try:
        name = {"oidc": "sso-oidc", "portal": "sso"}[service]
        client = session.create_client(name, region_name=region, config=settings)
        client.meta.events.register("before-call", instead)
        client.register_client(clientName="x", clientType="y") if service == "oidc" else client.logout(accessToken="x")
        expected = called[0].removesuffix("/client/register").removesuffix("/logout")
    except Exception as error:
        expected = words(error)
    return "\t".join((service, region, fips, dualstack, expected))


def start_urls(lines):
    """Which hosts and start URLs belong to AWS, and the target of a redirect."""
    for line in lines:
        kind, *inputs = line.split("\t")[:-1]
        yield "\t".join((kind, *inputs, start_url(kind, *inputs)))


def start_url(kind, given, *more):
    if kind == "owned":
        return str(resolve.is_aws_owned_domain(given)).lower()
    if kind == "region":
        return resolve._extract_region_from_hostname(given) or ""
    if kind == "normalized":
        return resolve._normalize_url(given)
    led_to, region = more if kind == "resolved" else ("https://x.portal.us-east-1.app.aws", *more)
    with mock.patch.object(resolve, "_follow_redirect", lambda *_, **__: led_to):
        try:
            url, region = resolve.resolve_start_url(given, None, region)
        except Exception as error:
            return words(error)
    return f"{url} {region}" if kind == "resolved" else "owned" if url == given else "vanity"


def printed(value, form, title="Title", query="value", color="off", width=80, stream=None):
    """The output of a formatter, and its error message or None."""
    options = argparse.Namespace(query=query and jmespath.compile(query), color=color)
    failure = None
    with (
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        mock.patch("awscli.table.determine_terminal_width", lambda: width),
    ):
        try:
            get_formatter(form, options)(title, value, stream)
        except Exception as error:
            failure = str(error)
    return (stream or stdout).getvalue(), failure


def values(lines):
    """Each value as YAML, table and text."""
    for case in map(json.loads, lines):
        for form in ("yaml", "table", "text"):
            text, failure = printed({"value": case["value"]}, form)
            partly = {"printed": text} if text else {}
            case[form] = text if failure is None else {"fails": failure} | partly
        yield json.dumps(case)


def runs(lines):
    """The value and the format of a recorded run."""
    for case in map(json.loads, lines):
        color, width, query = "on" if case.get("color") else "off", case.get("width", 80), case.get("query")
        if case.get("error"):
            text, failure = printed(case["value"], case["format"], "error", None, color, width, io.StringIO())
        else:
            text, failure = printed(case["value"], case["format"], case["title"], query, color, width)
        case.pop("prints" if failure else "fails", None)
        yield json.dumps(case | ({"fails": failure} if failure else {"prints": text}), ensure_ascii=False)


FILES = {
    "config/expected.tsv": config,
    "endpoint/cases.tsv": endpoints,
    "endpoint/start-urls.tsv": start_urls,
    "output/runs.jsonl": runs,
    "output/values.jsonl": values,
}


def main():
    check = "--check" in sys.argv
    changed = 0
    for name, compute in FILES.items():
        old = (DATA / name).read_text("utf-8").rstrip("\n").split("\n")
        new = list(compute(old))
        different = [(a, b) for a, b in zip(old, new) if a != b]
        print(f"{name}: {len(old)} cases, {len(different)} different")
        for pair in different:
            print("    - {}\n    + {}".format(*pair))
        changed += len(different)
        if not check:
            (DATA / name).write_text("".join(f"{line}\n" for line in new), "utf-8")
    sys.exit(check and changed > 0)


if __name__ == "__main__":
    main()
