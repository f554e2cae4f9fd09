# SPDX-License-Identifier: Apache-2.0
"""Certificates for the tests, made when they are needed and kept nowhere."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


class Pair:
    """A self-signed certificate and its key, in files; `write` makes new ones in their place."""

    def __init__(self, folder, names=("localhost", "127.0.0.1"), stem="server", **how):
        self.certificate, self.key = folder / f"{stem}.pem", folder / f"{stem}-key.pem"
        self.names = names
        self.write(**how)

    def make(self, days=(-1, 90), use_rsa=False, password=None):
        """A certificate and key as PEM; `days` from now it is valid."""
        key = rsa.generate_private_key(65537, 2048) if use_rsa else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.names[0])])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days[0])).not_valid_after(now + datetime.timedelta(days[1]))
            .add_extension(x509.SubjectAlternativeName([named(name) for name in self.names]), critical=False)
            .sign(key, hashes.SHA256()))
        self.serial = certificate.serial_number
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)

    def write(self, **how):
        certificate, key = self.make(**how)
        self.certificate.write_bytes(certificate)
        self.key.write_bytes(key)

    @property
    def flags(self):
        return ["--tls-cert", self.certificate, "--tls-key", self.key]

    def trust(self, **versions):
        """What a client needs to believe this certificate and no other."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        for name, version in versions.items():
            setattr(context, f"{name}_version", version)
        return context


def named(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
