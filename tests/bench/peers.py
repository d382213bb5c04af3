"""Times sso-oidc beside other tools for Identity Center sessions, against a server in this process.

Run by hand; README.md beside this file says how. No other test or benchmark uses it.
usage: peers.py SSO_OIDC AWS VENV [RUNS]
"""

import datetime
import hashlib
import http.server
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SESSIONS = 50
RUNS_OF_MANY_PROCESSES = 3
START_URL = "https://d-1234567890.awsapps.com/start"
ROLE = "sso_account_id = 111122223333\nsso_role_name = Developer\nregion = us-east-1\n"


class IdentityCenter(http.server.BaseHTTPRequestHandler):
    """Approves every device code at once, and answers every request without looking at it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    requests = 0

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        IdentityCenter.requests += 1
        page = f"http://{self.headers['host']}/device"
        in_an_hour = int(time.time()) + 3600
        body = json.dumps(
            {
                "/client/register": {"clientId": "c", "clientSecret": "s" * 1500, "clientSecretExpiresAt": 4070908800},
                "/device_authorization": {
                    "deviceCode": "d",
                    "userCode": "ABCD-EFGH",
                    "verificationUri": page,
                    "verificationUriComplete": page + "?user_code=ABCD-EFGH",
                    "expiresIn": 600,
                    "interval": 1,
                },
                "/token": {"accessToken": "n" * 300, "refreshToken": "r" * 350, "expiresIn": 28800},
                "/federation/credentials": {
                    "roleCredentials": {
                        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                        "secretAccessKey": "k" * 40,
                        "sessionToken": "t" * 800,
                        "expiration": in_an_hour * 1000,
                    }
                },
            }.get(self.path.split("?")[0], {})
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def home(folder, expires):
    """A home with a legacy profile, sessions with a profile each, and, if `expires` is given, tokens until then."""
    cache = pathlib.Path(folder, ".aws/sso/cache")
    cache.mkdir(parents=True, mode=0o700)
    config = f"[profile legacy]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n{ROLE}\n"
    tokens = {START_URL: START_URL}
    for name in (f"s{number}" for number in range(SESSIONS)):
        tokens[name] = f"https://{name}.awsapps.com/start"
        config += f"[sso-session {name}]\nsso_start_url = {tokens[name]}\nsso_region = us-east-1\n"
        config += f"sso_registration_scopes = sso:account:access\n[profile {name}]\nsso_session = {name}\n{ROLE}\n"
    pathlib.Path(folder, ".aws/config").write_text(config)
    for key, url in tokens.items() if expires else ():
        token = {"startUrl": url, "region": "us-east-1", "accessToken": "a" * 300, "expiresAt": expires}
        token |= {"clientId": "c", "clientSecret": "s" * 1500, "registrationExpiresAt": "2099-01-01T00:00:00Z"}
        token |= {"refreshToken": "r" * 350}
        path = cache / (hashlib.sha1(key.encode()).hexdigest() + ".json")
        path.touch(mode=0o600)
        path.write_text(json.dumps(token))


def milliseconds(commands, environment, expires, repeats):
    """The time of the commands in a new home, and their requests; with `repeats`, of a second run in the same home."""
    with tempfile.TemporaryDirectory() as folder:
        home(folder, expires)
        for _ in range(2 if repeats else 1):
            before, start = IdentityCenter.requests, time.perf_counter()
            for command in commands:
                variables = environment | {"HOME": folder}
                done = subprocess.run(command, env=variables, input="", capture_output=True, text=True)
                if done.returncode:
                    sys.exit(f"{command} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
            taken = time.perf_counter() - start
        return taken * 1000, IdentityCenter.requests - before


def main():
    own, aws, venv = (os.path.abspath(argument) for argument in sys.argv[1:4])
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 11
    tool = f"{venv}/bin/"
    python = [tool + "python", "-c"]
    credentials = {
        "sso-oidc": [[own, "export-credentials", "--profile", "legacy"]],
        "AWS CLI": [[aws, "configure", "export-credentials", "--profile", "legacy"]],
        "boto3": [[*python, "import boto3; boto3.Session(profile_name='legacy').get_credentials().access_key"]],
        "aws-sso-util": [[tool + "aws-sso-util", "credential-process", "--profile", "legacy"]],
        "aws2-wrap": [[tool + "aws2-wrap", "--process", "--profile", "legacy"]],
        "yawsso": [[tool + "yawsso", "-p", "legacy"]],
    }
    refresh = (
        "from botocore.session import Session\n"
        f"for number in range({SESSIONS}): Session(profile=f's{{number}}').get_auth_token().get_frozen_token()"
    )
    export = [[aws, "configure", "export-credentials", "--profile", f"s{number}"] for number in range(SESSIONS)]
    valid, expired = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
    rows = {
        "start": (valid, False, {
            "sso-oidc": [[own, "--version"]],
            "AWS CLI": [[aws, "--version"]],
            "boto3": [[*python, "import boto3"]],
            "aws-sso-util": [[tool + "aws-sso-util", "--version"]],
            "aws2-wrap": [[tool + "aws2-wrap", "--version"]],
            "yawsso": [[tool + "yawsso", "--version"]],
        }),
        "role credentials, new": (valid, False, credentials),
        "role credentials, again": (valid, True, credentials),
        "device login": (None, False, {
            "sso-oidc": [[own, "login", "--profile", "legacy", "--no-browser"]],
            "AWS CLI": [[aws, "sso", "login", "--profile", "legacy", "--no-browser"]],
            "aws-sso-util": [[tool + "aws-sso-util", "login", "--profile", "legacy", "--headless"]],
            "yawsso": [[tool + "yawsso", "login", "--profile", "legacy", "--this"]],
        }),
        f"{SESSIONS} sessions to refresh": (expired, False, {
            "sso-oidc": [[own, "login", "--all"]],
            "AWS CLI": export,
            "boto3": [[*python, refresh]],
        }),
    }
    http.server.ThreadingHTTPServer.request_queue_size = 128  # not 5, which is less than one program connects at once
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), IdentityCenter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    environment = {"AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url, "AWS_EC2_METADATA_DISABLED": "true"}
    environment |= {"PATH": f"{os.path.dirname(aws)}:/usr/bin:/bin", "BROWSER": "true", "LANG": "C.UTF-8"}
    print(f"{datetime.date.today()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; wall ms (requests)\n")
    print("|  | " + " | ".join(credentials) + " |\n|" + "---|" * (len(credentials) + 1))
    for label, (expires, repeats, commands) in rows.items():
        taken = {name: [] for name in commands}
        for round_ in range(runs):
            for name, lines in commands.items():
                if len(lines) == 1 or round_ < RUNS_OF_MANY_PROCESSES:
                    taken[name].append(milliseconds(lines, environment, expires, repeats))
        cells = [label]
        for name in credentials:
            times = taken.get(name)
            cells.append(f"{statistics.median(time for time, _ in times):.1f} ({times[0][1]})" if times else "no")
        print("| " + " | ".join(cells) + " |", flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f}")


main()
