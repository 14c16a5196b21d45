import json
from urllib import error, request

SESSION_ENDED, TIMEOUT_SECONDS = -32005, 70  # a call that downloads a file may take a minute


class PackhouseError(Exception):
    """What the server refused: code is -(32000 + fault)."""
    def __init__(self, message, code, data=None):
        super().__init__(message)
        self.code, self.data = code, data


class Packhouse:
    """Packhouse(url, "demo", key).call("order.info", "100000309"): logs in when it must, and again when the session ended."""

    def __init__(self, url, username, api_key):
        self.url, self.credentials, self.session = url, [username, api_key], None

    def call(self, path, *args):
        is_first = self.session is None
        self.session = self.session or self._request("login", self.credentials)
        try:
            return self._request("call", [self.session, path, args])
        except PackhouseError as refusal:
            if is_first or refusal.code != SESSION_ENDED:
                raise
        self.session = None
        return self.call(path, *args)

    def _request(self, method, params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        try:
            reply = json.load(request.urlopen(self.url, body, TIMEOUT_SECONDS))
        except error.HTTPError as refusal:  # 409, 413 and 429 have a body like any other
            reply = json.load(refusal)
        if "error" in reply:
            raise PackhouseError(**reply["error"])
        return reply["result"]
