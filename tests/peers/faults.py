"""What the registries that err share: how often something happened, and a handler that keeps to itself."""
import http.server
import threading

seen = {}  # how often something happened, by a name for it
lock = threading.Lock()


def count(name):
    with lock:
        seen[name] = seen.get(name, 0) + 1
        return seen[name]


class QuietHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass
