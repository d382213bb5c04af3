"""The server of a recorded run, for `record.py`: it replays the replies of the run in order and logs the requests.

The same port answers CONNECT and ends TLS in the tunnel, so that the AWS CLI talks to its real host names without a
network. What a request and a reply consist of is described in `tests/data/parity/README.md`.
"""

import base64
import functools
import http.client
import json
import socket
import ssl
import subprocess
import threading
import time

TIMEOUT = 90
REPLY_HEADERS = {
    "Content-Type": "application/json",
    "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
    "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555",
}


class Server:
    """Replays the replies of a run in order, and repeats the last one."""

    def __init__(self, run, tls):
        self.replies = [exchange["reply"] for exchange in run.get("exchanges", []) if "reply" in exchange]
        self.proxy, self.tls = run.get("proxy"), tls
        # The requests with their replies.
        self.log, self.answered, self.lock = [], 0, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(stream,), daemon=True).start()

    def serve(self, stream):
        try:
            stream.settimeout(TIMEOUT)
            authority = self.converse(stream, None)
            if authority:
                stream = self.tls.wrap_socket(stream, server_side=True)
                self.converse(stream, authority)
        except OSError:
            pass
        finally:
            stream.close()

    def converse(self, stream, authority):
        """Answers until the connection ends. Returns the authority of an accepted CONNECT."""
        reader = stream.makefile("rb")
        while line := reader.readline().decode("latin-1").strip():
            method, _, rest = line.partition(" ")
            headers = http.client.parse_headers(reader)
            body = reader.read(int(headers.get("content-length", 0)))
            request = {
                "method": method,
                # A malformed target may contain a space.
                "target": rest.rpartition(" ")[0],
                "tls": authority,
                "headers": {name.lower(): value for name, value in headers.items()},
                "body": body.decode("utf-8", "replace"),
            }
            if method == "CONNECT" and self.proxy:
                self.log.append((request, None))
                if self.proxy == "refuse":
                    stream.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                    return None
                stream.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                return request["target"]
            reply = self.next_reply(request)
            time.sleep(reply.get("delay", 0))
            if reply.get("drop"):
                return None
            stream.sendall(reply_bytes(reply, method))
            if "cut" in reply or "raw" in reply:
                return None
        return None

    def next_reply(self, request):
        with self.lock:
            last = len(self.replies) - 1
            reply = self.replies[min(self.answered, last)] if self.replies else {"status": 599}
            self.answered += 1
            self.log.append((request, reply))
            return reply


def reply_bytes(reply, method):
    if "raw" in reply:
        return reply["raw"].encode()
    if "json" in reply:
        body = json.dumps(reply["json"], ensure_ascii=False).encode()
    elif "body_b64" in reply:
        body = base64.b64decode(reply["body_b64"])
    else:
        body = reply.get("body", "").encode()
    headers = REPLY_HEADERS | reply.get("headers", {}) | {"Content-Length": len(body)}
    head = f"HTTP/1.1 {reply.get('status', 200)} X\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return f"{head}\r\n".encode() + (b"" if method == "HEAD" else body[: reply.get("cut")])


def tls_context(folder, runs):
    """Creates a certificate authority, `ca.pem`, and a TLS server with the host names of the recorded tunnels."""
    exchanges = [exchange for run in runs for exchange in run.get("exchanges", [])]
    authorities = {exchange["request"].get("tls") for exchange in exchanges if "request" in exchange} - {None}
    names = {authority.rpartition(":")[0] for authority in authorities} | {"localhost"}
    (folder / "extensions").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in sorted(names)))
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=recorder-root"
        " -addext keyUsage=critical,keyCertSign,cRLSign",
        "req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=recorder-leaf",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out leaf.pem -extfile extensions",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context


@functools.cache
def dead_port():
    """A port without a listener, bound until the recorder ends so that no other program takes it."""
    dead_port.socket = socket.socket()
    dead_port.socket.bind(("127.0.0.1", 0))
    return dead_port.socket.getsockname()[1]
