"""One broker of deploy/kafka with ACLs and four ways to log in, beside the administrator's listener, whose user (ANONYMOUS) is a super user."""
from __future__ import annotations

import os
import random
import socket
import subprocess
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[3] / "deploy" / "kafka"
SECURITY = "org.apache.kafka.common.security"
# Listener: its protocol.
LISTENERS = {"SCRAM": "SASL_PLAINTEXT", "SCRAMTLS": "SASL_SSL", "OAUTH": "SASL_SSL", "MTLS": "SSL"}


def free_ports(count: int) -> list[int]:
    """Below the range from which outgoing connections take theirs, so that none of them is taken in between."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.SystemRandom().randint(10000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


class Broker:
    """certificates: has ca.pem, broker.pem, broker.key; keys: the token endpoint's public keys."""

    def __init__(self, folder: Path, certificates: Path, keys: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(LISTENERS, free_ports(len(LISTENERS))))
        store = certificates / "broker.store.pem"
        store.write_text((certificates / "broker.key").read_text() + (certificates / "broker.pem").read_text())
        store.chmod(0o600)
        settings = {
            "listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, port in self.ports.items()),
            "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in LISTENERS.items()),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "false",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": store,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": certificates / "ca.pem",
            "listener.name.mtls.ssl.client.auth": "required",
            "listener.name.mtls.ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
            "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.scram.scram-sha-512.sasl.jaas.config": f"{SECURITY}.scram.ScramLoginModule required;",
            "listener.name.scramtls.sasl.enabled.mechanisms": "SCRAM-SHA-256",
            "listener.name.scramtls.scram-sha-256.sasl.jaas.config": f"{SECURITY}.scram.ScramLoginModule required;",
            "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
            "listener.name.oauth.oauthbearer.sasl.jaas.config": f"{SECURITY}.oauthbearer.OAuthBearerLoginModule required;",
            "listener.name.oauth.oauthbearer.sasl.server.callback.handler.class": f"{SECURITY}.oauthbearer.OAuthBearerValidatorCallbackHandler",
            "listener.name.oauth.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": keys.as_uri(),
            "listener.name.oauth.oauthbearer.sasl.oauthbearer.expected.issuer": "company",
            "listener.name.oauth.oauthbearer.sasl.oauthbearer.expected.audience": "kafka",
        }
        sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        environment = {**os.environ, "KAFKA_OPTS": f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys.as_uri()}"}
        done = subprocess.run([DEPLOY / "start", "--dir", folder, "--port", "0", *sets], stdout=subprocess.PIPE, text=True, env=environment, timeout=300)
        if done.returncode != 0:
            raise RuntimeError("the broker did not start: see above")
        self.admin_address = done.stdout.strip().partition("=")[2]

    def address(self, listener: str) -> str:
        return f"127.0.0.1:{self.ports[listener]}"

    def stop(self) -> None:
        subprocess.run([DEPLOY / "stop", "--dir", self.folder, "--delete"], check=False, timeout=60)
