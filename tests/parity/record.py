"""Records the results of the runs in `tests/data/parity` again with an AWS CLI, or checks them.

usage: record.py --aws PATH [--check] [--only TEXT] [--jobs N] [--data DIRECTORY]

Each line is a run: an invocation (arguments, environment, files, scripted replies) and its results. Only the results are
rewritten; `tests/data/parity/README.md` describes the members. With --check no file is written, and the exit code is 1
if a result differs. Requires `openssl`, and `less` for the runs on a terminal, besides Python's standard library.
Every run has its own home directory and its own server on 127.0.0.1; no request leaves the machine.
"""

import argparse
import base64
import concurrent.futures
import datetime
import difflib
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True

from replay_server import TIMEOUT, Server, dead_port, tls_context

DATA = pathlib.Path(__file__).resolve().parent.parent / "data/parity"
INVOCATION = (
    "id note argv stdin flow env config credentials files sso_cache_before cli_cache_before terminal driver proxy secret"
).split()
RESULTS = "exchanges browser_url exit stdout stderr files_after".split()

# Commands of `sso-oidc` that the AWS CLI has outside of `aws sso-oidc`.
SERVICES = {"login": ["sso"], "logout": ["sso"], "export-credentials": ["configure"], "--version": []}
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
BROWSER = """#!/bin/sh
printf '%s' "$1" > "$HOME/browser.tmp"; mv "$HOME/browser.tmp" "$HOME/browser.url"
exit ${BROWSER_RC:-0}
"""
# Seconds between a run and the times in its results.
DISTANCES = (28800, 3600, 600, 900, 1, 0, 7776000)


class Runner:
    """Runs the AWS CLI once, in a separate home directory."""

    def __init__(self, run, aws, folder, tls):
        self.run, self.aws = run, aws
        self.server = Server(run, tls)
        self.ca = folder / "ca.pem"
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="home-", dir=folder))
        self.seeded, self.url, self.output = {}, None, {}

    def fill(self, text):
        """Replaces the names in a text by the values of this run."""
        values = {"$PORT": self.server.port, "$DEADPORT": dead_port(), "$HOME": self.home, "$CA": self.ca}
        for name, value in values.items():
            text = text.replace(name, str(value))
        return text

    def fill_times(self, text):
        def time_of(match):
            moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=int(match[1]))
            stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            self.seeded[stamp] = match[0]
            return stamp

        return self.fill(re.sub(r"\{NOW([+-]\d+)\}", time_of, text))

    def put(self, name, content, mode=0o644):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)

    def prepare(self):
        run = self.run
        (self.home / "w").mkdir()
        self.put("bin/browser", BROWSER.encode(), 0o755)
        for name, content in run.get("files", {}).items():
            is_text = isinstance(content, str)
            self.put(f"w/{name}", self.fill(content).encode() if is_text else base64.b64decode(content["b64"]))
        self.before = {name: self.fill_times(run[name]).encode() for name in ("config", "credentials") if name in run}
        for folder, member in (("sso", "sso_cache_before"), ("cli", "cli_cache_before")):
            for name, text in run.get(member, {}).items():
                self.before[f"{folder}/cache/{name}"] = self.fill_times(text).encode()
        for name, content in self.before.items():
            self.put(f".aws/{name}", content)

    def environment(self):
        variables = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm"}
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables |= self.run.get("env", {})
        return {name: self.fill(value) for name, value in variables.items() if value is not None}

    def execute(self):
        """Returns the exit code, or minus the signal that ended the AWS CLI, or None after the time-out."""
        self.prepare()
        self.start = time.time()
        argv = [self.fill(word) for word in self.run["argv"]]
        service = SERVICES.get(argv[0], ["sso-oidc"]) if argv else []
        terminal, stdin = self.run.get("terminal"), self.run.get("stdin")
        ours, theirs = pty.openpty() if terminal else (None, subprocess.PIPE)
        if terminal:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", terminal["rows"], terminal["cols"], 0, 0))

        def prepare_child():
            # Background jobs of a shell ignore SIGINT, and child processes inherit that.
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.umask(0o022)
            if terminal:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        child = subprocess.Popen(
            [self.aws, *service, *argv],
            env=self.environment(),
            cwd=self.home / "w",
            stdin=theirs if terminal else subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=theirs,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=prepare_child,
        )
        if terminal:
            os.close(theirs)
        else:
            ours = child.stdout.fileno()
        threads = [
            threading.Thread(target=self.pump, args=("stdout", ours)),
            threading.Thread(target=self.pump, args=("stderr", child.stderr.fileno())),
            threading.Thread(target=self.drive, args=(child,)),
        ]
        for thread in threads:
            thread.start()
        if stdin is not None:
            child.stdin.write(stdin.encode())
            child.stdin.close()
        try:
            code = child.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            code = None
        for thread in threads:
            thread.join(15)
        self.end = time.time()
        self.server.close()
        child.stderr.close()
        os.close(ours) if terminal else child.stdout.close()
        return code

    def pump(self, name, stream):
        self.output[name] = b""
        while True:
            try:
                some = os.read(stream, 65536)
            except OSError:  # the end of a terminal
                return
            if not some:
                return
            self.output[name] += some

    def drive(self, child):
        """Sends the AWS CLI the signal of the run, or its callback server the requests."""
        driver = self.run.get("driver")
        if not driver:
            return
        if "signal" in driver:
            wait_for(lambda: len(self.server.log) >= driver["after_requests"], child)
            time.sleep(0.5)  # until it waits for the reply
            return child.send_signal(getattr(signal, driver["signal"]))
        self.url = wait_for(lambda: self.find_url(driver.get("from")), child)
        redirect = parameter(self.url, "redirect_uri")
        if not redirect:
            return
        port = urllib.parse.urlsplit(redirect).port
        for step in driver.get("callback", []):
            time.sleep(step.get("sleep", 0))
            if "signal" in step:
                child.send_signal(getattr(signal, step["signal"]))
                continue
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            path = step["path"].replace("{state}", parameter(self.url, "state"))
            try:
                connection.request(step.get("method", "GET"), path, step.get("body"), step.get("headers", {}))
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()

    def find_url(self, source):
        if source == "stdout":
            found = re.search(r"https?://\S+/authorize\?\S+(?=\s)", self.output["stdout"].decode("utf-8", "replace"))
            return found and found[0]
        opened = self.home / "browser.url"
        return opened.exists() and opened.read_text()

    def name(self, text):
        """Replaces the values of this run in a text by their names."""
        text = text.replace(str(self.ca), "$CA").replace(str(self.home), "$HOME")
        ports = {self.server.port: "$PORT", dead_port(): "$DEADPORT"}
        names = self.seeded.copy()
        if challenge := parameter(self.url, "code_challenge"):
            names |= {parameter(self.url, "state"): "$STATE", challenge: "$CODE_CHALLENGE"}
            ports[urllib.parse.urlsplit(parameter(self.url, "redirect_uri")).port] = "$LOOPBACK_PORT"
            for request, _ in self.server.log:
                verifier = re.search(r'"codeVerifier": "([^"]+)"', request["body"])
                if verifier and base64url_sha256(verifier[1]) == challenge:
                    names[verifier[1]] = "$CODE_VERIFIER"
        for port, name in ports.items():
            text = re.sub(rf"(127\.0\.0\.1|localhost)(:|%3A){port}\b", rf"\1\2{name}", text)
        for value, name in names.items():
            text = text.replace(value, name)
        text = re.sub(r'"botocore-client-1\d{9}"', '"botocore-client-$UNIX_NOW"', text)
        text = re.sub(r"^(aws-cli/\S+) .*", r"\1 $PLATFORM", text)
        return re.sub(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", self.name_time, text)

    def name_time(self, match):
        try:
            moment = datetime.datetime.fromisoformat(match[0]).replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            return match[0]
        near = (d for d in DISTANCES if self.start - 2 <= moment - d <= self.end + 2)
        return next((f"{{NOW+{distance}}}" for distance in near), match[0])

    def request(self, request):
        """The request in its stored form, without the parts that all requests share."""
        headers = request["headers"]
        short = {"method": request["method"], "target": self.name(request["target"])}
        if request["body"]:
            short["body"] = self.name(request["body"])
        kept = {name: value for name, value in headers.items() if name.startswith("x-amz-") or "authorization" in name}
        if request["method"] != "CONNECT":
            host = self.name(headers.get("host", ""))
            if host != "127.0.0.1:$PORT":
                short["host"] = host
            if request["tls"]:
                short["tls"] = request["tls"]
            usual = {"accept-encoding": "identity", "amz-sdk-request": "attempt=1"}
            usual |= {"content-type": "application/json"} if request["body"] else {}
            for name, value in usual.items():
                if headers.get(name) != value:
                    kept[name] = headers.get(name)
        if kept:
            short["headers"] = {name: name_header(name, value) for name, value in kept.items()}
        if headers.get("authorization", "").startswith("AWS4-"):
            if not signature_fits(request, self.run.get("secret", SECRET)):
                short["unsignable"] = True
        return short

    def results(self, code):
        run, results = self.run, {}
        for request, reply in self.server.log:
            exchange = {"request": self.request(request)} | ({} if reply is None else {"reply": reply})
            results.setdefault("exchanges", []).append(exchange)
        if self.url and run["driver"].get("from") != "stdout":
            results["browser_url"] = self.name(self.url)
        stdout, stderr = (self.name(self.output[name].decode("utf-8", "replace")) for name in ("stdout", "stderr"))
        if "yaml-input" in run["argv"]:  # The comments are AWS's words.
            stdout = re.sub(r" +#.*", "", stdout)
        results |= {"exit": code, "stdout": stdout}
        expected = run.get("stderr", "" if "exit" not in run else None)
        if isinstance(expected, dict) and all(part in stderr for part in expected["has"]):
            results["stderr"] = expected
        elif expected is not None:
            results["stderr"] = stderr
        if files := dict(self.files()):
            results["files_after"] = files
        return results

    def files(self):
        aws = self.home / ".aws"
        for path in sorted(aws.rglob("*")):
            name, content = str(path.relative_to(aws)), path.read_bytes() if path.is_file() else None
            unchanged = self.before.get(name) == content and name in ("config", "credentials")
            if content is None or "session.db" in path.name or unchanged:
                continue
            text = self.name(content.decode("utf-8", "replace"))
            # The AWS CLI stores the headers of the response with an assumed role.
            text = re.sub(r', "ResponseMetadata": .*(?=\}$)', "", text)
            yield name, [f"{path.stat().st_mode & 0o777:o}", text]


def wait_for(condition, child):
    while child.poll() is None:
        if found := condition():
            return found
        time.sleep(0.02)
    return condition()


def parameter(url, name):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url or "").query)).get(name)


def base64url_sha256(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def name_header(name, value):
    if name == "authorization" and value.startswith("AWS4-"):
        value = re.sub(r"(Credential=[^,]*)/\d{8}/", r"\1/$DATE/", value)
        return re.sub(r"Signature=[0-9a-f]{64}", "Signature=$SIG", value)
    return value and re.sub(r"\b\d{8}T\d{6}Z", "$AMZDATE", value)


def signature_fits(request, secret):
    """Whether the request is signed (Signature Version 4) with this secret access key."""
    headers = request["headers"]
    pattern = r"AWS4-HMAC-SHA256 Credential=.*/(\d+)/(.*)/(.*)/aws4_request, SignedHeaders=(.*), Signature=(.*)"
    day, region, service, signed, signature = re.fullmatch(pattern, headers["authorization"]).groups()
    path, _, query = request["target"].partition("?")
    values = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed.split(";"))
    digest = hashlib.sha256(request["body"].encode()).hexdigest()
    query = "&".join(sorted(urllib.parse.quote(parameter, safe="-_.~=%") for parameter in query.split("&")))
    canonical = "\n".join([request["method"], path or "/", query, values, signed, digest])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scope = f"{day}/{region}/{service}/aws4_request"
    key = ("AWS4" + secret).encode()
    for part in (*scope.split("/"), "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex() == signature


def record(run, aws, folder, tls):
    runner = Runner(run, aws, folder, tls)
    results = runner.results(runner.execute())
    shutil.rmtree(runner.home)
    return {member: value for member, value in run.items() if member in INVOCATION} | results


def read(data):
    texts = {path: path.read_text("utf-8") for path in sorted(data.glob("*.jsonl"))}
    groups = {path: [json.loads(line) for line in text.rstrip("\n").split("\n")] for path, text in texts.items()}
    for run in sum(groups.values(), []):
        if unknown := set(run) - set(INVOCATION + RESULTS):
            sys.exit(f"{run['id']}: unknown members {unknown}")
    return groups


def difference(old, new):
    old, new = (json.dumps(run, ensure_ascii=False, indent=1).replace("\\n", "\n    ").split("\n") for run in (old, new))
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    return "\n    ".join(line for line in lines if not line.startswith("@@"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aws", required=True, type=os.path.abspath, help="the AWS CLI")
    parser.add_argument("--check", action="store_true", help="compare the results instead of writing them")
    parser.add_argument("--only", default="", help="only runs whose id contains this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at the same time")
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    options = parser.parse_args()
    groups = read(options.data)
    runs = sum(groups.values(), [])
    chosen = [run for run in runs if options.only in run["id"]]
    changed = {}
    with (
        tempfile.TemporaryDirectory(prefix="record-") as folder,
        concurrent.futures.ThreadPoolExecutor(options.jobs) as pool,
    ):
        folder = pathlib.Path(folder)
        tls = tls_context(folder, runs)
        for old, future in [(run, pool.submit(record, run, options.aws, folder, tls)) for run in chosen]:
            new = future.result()
            if new != old:
                changed[old["id"]] = new
                print(f"{old['id']}\n    {difference(old, new)}", flush=True)
    print(f"{len(chosen)} runs: {len(chosen) - len(changed)} equal, {len(changed)} different")
    if options.check:
        sys.exit(len(changed) > 0)
    for path, group in groups.items():
        lines = (json.dumps(changed.get(run["id"], run), ensure_ascii=False) for run in group)
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
