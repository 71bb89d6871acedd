#!/usr/bin/env python3
"""A registry that takes images, and does wrong on demand.

  faulty_uploads.py DIRECTORY LOG      keeps blobs and manifests in the directory; prints its port

A repository's name says what is wrong: "resetting/box" breaks connections, "good/box" is right. LOG gets a line for each
request: method, path, Content-Range, its body's bytes, the answer's status.
"""

import hashlib
import http.server
import json
import os
import re
import sys
import urllib.parse

from faults import QuietHandler, count, lock, seen

DIRECTORY, LOG = sys.argv[1], sys.argv[2]
CHUNK_LEAST = 20 << 20
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
uploads, tokens = {}, {}


class Handler(QuietHandler):
    def answer(self, status, body=b"", **headers):
        line = f"{self.command} {self.path} {self.headers.get('Content-Range', '-')} {len(self.body)} {status}\n"
        with lock, open(LOG, "a") as log:
            log.write(line)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fail(self, status, code, message, **headers):
        self.answer(status, json.dumps({"errors": [{"code": code, "message": message}]}).encode(), **headers)

    def file(self, kind, name):
        return os.path.join(DIRECTORY, kind + "-" + name.replace("/", "_").replace(":", "_"))

    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def read_body(self, fault):
        self.body = b""
        length = int(self.headers.get("Content-Length", 0))
        if fault == "resetting" and self.command == "PATCH" and count("resetting") % 2 == 1:
            length //= 2  # and then the line is cut
            self.close_connection = True
        self.body = self.rfile.read(length)

    # The first tokens are for pulling alone; each is good for a few requests.
    def token(self):
        name = str(count("token"))
        tokens[name] = [6, "push" in urllib.parse.unquote(self.path) and int(name) > 1]
        self.answer(200, json.dumps({"token": name}).encode())

    def authorised(self):
        token = tokens.get(self.headers.get("Authorization", "").partition(" ")[2])
        if token and token[0] > 0 and (token[1] or self.command in ("GET", "HEAD")):
            token[0] -= 1
            return True
        error = ',error="insufficient_scope"' if token and token[0] > 0 else ""
        self.fail(401, "UNAUTHORIZED", "authentication required",
                  WWW_Authenticate=f'Bearer realm="{self.origin()}/token",service="s"{error}')
        return False

    def serve(self):
        path, _, query = self.path.partition("?")
        parameters = dict(urllib.parse.parse_qsl(query))
        fault = path.split("/")[2] if path.startswith("/v2/") and path != "/v2/" else ""
        self.read_body(fault)
        if path == "/token":
            return self.token()
        if path == "/v2/":
            return self.answer(200, b"{}")
        if fault == "expiring" and not self.authorised():
            return None
        blob = re.match(r"/v2/\w+/\w+/blobs/sha256:(\w+)$", path)
        if blob:
            return self.answer(405) if fault == "headless" else self.kept("blob", f"{fault}_{blob.group(1)}")
        if path.endswith("/blobs/uploads/"):
            return self.begin(fault, path, parameters)
        if "/blobs/uploads/" in path:
            return self.upload(fault, path.rsplit("/", 1)[1], parameters)
        manifest = re.match(r"/v2/(\w+/\w+)/manifests/(.+)$", path)
        if manifest and self.command == "PUT":
            return self.put_manifest(fault, *manifest.groups())
        if manifest:
            return self.kept("manifest", "_".join(manifest.groups()), Content_Type=MANIFEST)
        return self.fail(404, "UNSUPPORTED", "no such thing")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def kept(self, kind, name, **headers):
        if not os.path.exists(self.file(kind, name)):
            return self.fail(404, "UNKNOWN", f"{kind} unknown")
        with open(self.file(kind, name), "rb") as file:
            return self.answer(200, file.read(), **headers)

    def begin(self, fault, path, parameters):
        digest = parameters.get("mount", "")[7:]
        if digest and fault == "mounting":
            os.link(self.file("blob", f"good_{digest}"), self.file("blob", f"mounting_{digest}"))
            return self.answer(201)
        if digest and fault == "jealous":
            return self.fail(403, "DENIED", "not yours")
        name = str(count("uploads"))
        uploads[name] = bytearray()
        extra = {"OCI_Chunk_Min_Length": str(CHUNK_LEAST)} if fault == "chunky" else {}
        return self.answer(202, Location=self.location(fault, path + name), **extra)

    # A state that changes with every answer and must come back.
    def location(self, fault, path):
        place = f"{path}?_state={count('state')}"
        seen[path] = seen["state"]
        return place if fault == "relative" else self.origin() + place

    def upload(self, fault, name, parameters):
        path = self.path.partition("?")[0]
        if self.command == "DELETE":
            return self.answer(204)
        if int(parameters.get("_state", 0)) != seen.get(path):
            return self.fail(400, "BLOB_UPLOAD_INVALID", "the state is an old one")
        data = uploads[name]
        if self.command == "GET":
            if fault == "forgetful":
                return self.fail(404, "BLOB_UPLOAD_UNKNOWN", "no such upload")
            return self.answer(204, Location=self.location(fault, path), Range=f"0-{max(len(data) - 1, 0)}")
        if self.command == "PATCH":
            return self.patch(fault, path, data)
        data += self.body
        digest = hashlib.sha256(data).hexdigest()
        if fault == "strict" or "sha256:" + digest != parameters.get("digest"):
            return self.fail(400, "DIGEST_INVALID", "the digest does not fit")
        with open(self.file("blob", f"{fault}_{digest}"), "wb") as file:
            file.write(data)
        return self.answer(201)

    def patch(self, fault, path, data):
        start = int(self.headers["Content-Range"].split("-")[0])
        if fault in ("busy", "forgetful") and count(fault) <= 2:
            return self.fail(429, "TOOMANYREQUESTS", "slow down", Retry_After="1")
        if fault == "sick" and count("sick") <= 2:
            return self.answer(503)
        if fault == "unsatisfied" and start > 0 and count("unsatisfied") == 1:
            data += self.body[:len(self.body) // 2]
            return self.fail(416, "RANGE_INVALID", "only half of it has come")
        if start != len(data):
            return self.fail(416, "RANGE_INVALID", "not what follows")
        data += self.body
        if self.close_connection:
            return self.connection.close()
        return self.answer(202, Location=self.location(fault, path), Range=f"0-{len(data) - 1}")

    def put_manifest(self, fault, repository, tag):
        if fault == "picky":
            return self.fail(400, "MANIFEST_INVALID", "we take no manifests today")
        manifest = json.loads(self.body)
        for one in [manifest["config"], *manifest["layers"]]:
            if not os.path.exists(self.file("blob", f"{fault}_{one['digest'][7:]}")):
                return self.fail(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown")
        with open(self.file("manifest", f"{repository}_{tag}"), "wb") as file:
            file.write(self.body)
        return self.answer(201)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
