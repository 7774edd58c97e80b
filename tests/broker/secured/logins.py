"""What a secured broker and its clients need: certificates of a company of the test's own, and a token endpoint (OAuth 2, client credentials)."""
from __future__ import annotations

import base64
import http.server
import json
import ssl
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path


def openssl(*args: object, data: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, input=data, timeout=60).stdout


def make_authority(folder: Path, name: str) -> Path:
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
    return folder / f"{name}.pem"


def make_certificate(folder: Path, authority: Path, name: str, password: str = "") -> None:
    """NAME.pem and NAME.key (PKCS 8, locked when there is a password), for the loopback."""
    names = folder / f"{name}.names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    lock = ["-passout", f"pass:{password}"] if password else ["-nodes"]
    openssl("req", "-newkey", "rsa:2048", *lock, "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
    openssl("x509", "-req", "-days", 2, "-in", folder / f"{name}.csr", "-CA", authority, "-CAkey", authority.with_suffix(".key"), "-CAcreateserial",
            "-extfile", names, "-out", folder / f"{name}.pem")


def base64_url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenEndpoint:
    """Gives signed tokens (RS256) to who knows the client's secret; over TLS, as in a company."""

    def __init__(self, folder: Path, client: str, secret: str) -> None:
        self.key = folder / "token.key"
        openssl("genrsa", "-out", self.key, 2048)
        modulus = bytes.fromhex(openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1])
        self.keys = folder / "jwks.json"  # for the broker
        self.keys.write_text(json.dumps({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "test", "n": base64_url(modulus), "e": "AQAB"}]}))
        self.client, self.secret = client, secret
        self.token = self.make_token()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kind, _, given = self.headers.get("Authorization", "").partition(" ")
                known = kind == "Basic" and endpoint.knows(given)
                answer = {"access_token": endpoint.token, "token_type": "Bearer", "expires_in": 3600} if known else {"error": "invalid_client", "error_description": "unknown client or wrong secret"}
                body = json.dumps(answer).encode()
                self.send_response(200 if known else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "broker.pem", folder / "broker.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def knows(self, given: str) -> bool:
        client, _, secret = base64.b64decode(given).decode().partition(":")
        return (urllib.parse.unquote(client), urllib.parse.unquote(secret)) == (self.client, self.secret)

    def make_token(self) -> str:
        now = int(time.time())
        claims = {"sub": self.client, "iss": "company", "aud": "kafka", "iat": now, "exp": now + 3600, "scope": "kafka"}
        signed = ".".join(base64_url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": "test"}, claims))
        return signed + "." + base64_url(openssl("dgst", "-sha256", "-sign", self.key, data=signed.encode()))

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
