#!/usr/bin/env python3
"""A registry that does wrong on demand.

  faulty_registry.py LAYOUT LOG        serves the OCI layout read-only; prints its port

A repository's name says what is wrong with it: "truncated/box" breaks off blobs, "good/box" is right. LOG gets a line for
each request: method, path, Range, whether it had an Authorization, how many blobs were being sent, and the bytes that were.
"""

import http.server
import json
import os
import re
import sys
import time

from faults import QuietHandler, count, lock

LAYOUT, LOG = sys.argv[1], sys.argv[2]
tokens = {}
at_once = [0]


class Handler(QuietHandler):
    def note(self, sent):
        line = " ".join([self.command, self.path, self.headers.get("Range", "-"),
                         self.headers.get("Authorization", "-").split(" ")[0], str(at_once[0]), str(sent)])
        with lock, open(LOG, "a") as log:
            log.write(line + "\n")

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.note(len(body))

    def fail(self, status, code, message, **headers):
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.answer(status, body, Content_Type="application/json", **headers)

    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    # Tokens are good for as many requests as the repository's name says.
    def token(self):
        name = str(count("token"))
        fault = re.search(r"repository%3A|repository:(\w+)/", self.path)
        tokens[name] = 2 if fault and fault.group(1) == "expiring" else 1000
        self.answer(200, json.dumps({"access_token": name, "expires_in": 300}).encode())

    def authorised(self, fault):
        if fault in ("basic", "luring"):
            challenge = 'Basic realm="here"'
        elif fault == "insecure":
            challenge = 'Bearer realm="http://example.test/token",service="s"'
        else:
            challenge = f'Bearer realm="{self.origin()}/token",service="s",scope="repository:{fault}/box:pull"'
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic" and fault in ("basic", "luring"):
            return True
        if scheme == "Bearer" and tokens.get(value, 0) > 0:
            tokens[value] -= 1
            return True
        self.fail(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate=challenge)
        return False

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if self.path.startswith("/token"):
            return self.token()
        if self.path == "/v2/":
            return self.answer(200, b"{}")
        cdn = re.match(r"/cdn/(\w+)/(\w+)$", self.path)
        if cdn and cdn.group(1) == "luring":
            realm = f"http://localhost:{self.server.server_port}/cdn/luring/token"
            self.answer(401, WWW_Authenticate=f'Bearer realm="{realm}",service="s"')
            return None
        if cdn and cdn.group(1) == "signed" and count("signed") % 2 == 1:
            return self.answer(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        if cdn:
            return self.blob(cdn.group(1), cdn.group(2))
        match = re.match(r"/v2/(\w+)/box/(manifests|blobs)/(.+)$", self.path)
        if not match:
            return self.fail(404, "NAME_UNKNOWN", "no such repository")
        fault, kind, name = match.groups()
        if fault in ("bearer", "expiring", "basic", "insecure", "redirecting", "luring") and not self.authorised(fault):
            return None
        return self.manifest(fault, name) if kind == "manifests" else self.blob_of(fault, name)

    def manifest(self, fault, name):
        with open(os.path.join(LAYOUT, "index.json")) as file:
            entries = json.load(file)["manifests"]
        entry = next((e for e in entries if name in (e["digest"], e["annotations"].get("org.opencontainers.image.ref.name"))),
                     entries[0])
        with open(os.path.join(LAYOUT, "blobs/sha256", entry["digest"][7:]), "rb") as file:
            body = file.read()
        kind = entry["mediaType"]
        if fault == "busy" and count("busy") <= 2:
            return self.fail(429, "TOOMANYREQUESTS", "slow down", Retry_After="1")
        if fault == "sick" and count("sick") <= 2:
            return self.answer(503)
        if fault == "dead":
            return self.answer(500, b"<html>the backend is away</html>")
        if fault == "changed":
            body += b" "
        if fault == "mistyped":
            kind = "application/vnd.docker.distribution.manifest.v2+json"
        if fault == "schema1":
            body, kind = b'{"schemaVersion":1,"fsLayers":[]}', "application/vnd.docker.distribution.manifest.v1+prettyjws"
        if fault == "nonsense":
            body = b"<html>"
        if fault in ("count", "liar", "boaster", "chatty"):
            manifest = json.loads(body)
            if fault == "count":
                manifest["layers"] = manifest["layers"][:1]
            else:
                manifest["layers"][0]["size"] += 1000 if fault == "boaster" else -1000
            body = json.dumps(manifest).encode()
        return self.answer(200, body, Content_Type=kind + "; charset=utf-8")

    def blob_of(self, fault, name):
        digest = name[7:]
        if fault in ("redirecting", "luring", "signed"):
            return self.answer(307, Location=f"http://localhost:{self.server.server_port}/cdn/{fault}/{digest}")
        if fault == "relative":
            return self.answer(302, Location=f"/cdn/{fault}/{digest}")
        if fault == "circling":
            return self.answer(307, Location=self.path)
        return self.blob(fault, digest)

    def blob(self, fault, digest):
        path = os.path.join(LAYOUT, "blobs/sha256", digest)
        if not os.path.exists(path):
            return self.fail(404, "BLOB_UNKNOWN", "blob unknown")
        with open(path, "rb") as file:
            data = file.read()
        if len(data) < 5000:
            return self.answer(200, data)  # a configuration
        start = 0
        end = len(data)
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted and fault != "rangeless":
            start = int(wanted.group(1))
            if wanted.group(2) and fault != "endless":
                end = min(end, int(wanted.group(2)) + 1)
        if fault == "unsatisfied" and start > 0:
            return self.fail(416, "RANGE_INVALID", "no such range")
        if fault == "wrong":
            data = data[:4000] + b"?" + data[4001:]
        if fault == "misplaced" and start > 0:
            return self.part(data, start - 100, len(data))
        if fault in ("truncated", "rangeless", "unsatisfied", "misplaced") and count(fault + digest) <= 3:
            return self.part(data, start, min(len(data), start + len(data) // 3), promised=len(data))
        if fault == "hopeless":
            return self.part(data, start, start, promised=len(data))
        if fault == "slow":
            return self.part(data, start, len(data), pause=0.02)
        if fault == "throttled":  # each connection
            return self.part(data, start, end, pause=0.003)
        if fault == "shaky" and start > 0 and count(fault) % 3 == 0:
            return self.part(data, start, start + (end - start) // 2, promised=end)
        return self.part(data, start, end, silent=fault == "chatty")

    # Sends data[start:end]; with `promised` bytes announced and fewer sent the connection breaks.
    def part(self, data, start, end, promised=None, pause=0.0, silent=False):
        partial = self.headers.get("Range") and (start > 0 or (promised or end) < len(data))
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {start}-{(promised or end) - 1}/{len(data)}")
        if silent:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str((promised or end) - start))
        self.end_headers()
        with lock:
            at_once[0] += 1
        try:
            for at in range(start, end, 20000):
                self.wfile.write(data[at:min(end, at + 20000)])
                time.sleep(pause)
            self.note(end - start)
        finally:
            with lock:
                at_once[0] -= 1
        if promised:
            self.close_connection = True
            self.connection.close()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
