# SPDX-License-Identifier: Apache-2.0
"""LAN mode: a local authority, HTTPS with it, and the page that shows devices how to trust it."""

import json
import os
import pty
import re
import shutil
import socket
import ssl
import stat
import subprocess
import time

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from server import Server, binary, free_port


def certs(folder, *arguments):
    return subprocess.run([binary(), "certs", "--out", folder, *map(str, arguments)], capture_output=True, text=True,
                          timeout=30, check=False)


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.fixture(scope="module")
def lan(tmp_path_factory):
    """A server in LAN mode on loopback; `https` and `http` are its ports."""
    folder = tmp_path_factory.mktemp("lan") / "certs"
    https, http = free_port(), free_port()
    server = Server("serve", ["--lan", "--host", "127.0.0.1", "--port", https, "--lan-http-port", http, "--out", folder,
                              "--name", "calls.lan", "--no-web"], [https, http])
    server.folder, server.https, server.http = folder, https, http
    yield server
    server.stop()


def handshake(lan, name, address="127.0.0.1"):
    """Connects as a device that trusts the authority; returns what the server says of its health."""
    trust = ssl.create_default_context(cafile=lan.folder / "parley-ca.pem")
    trust.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_connection((address, lan.https), timeout=5) as plain:
        with trust.wrap_socket(plain, server_hostname=name) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: line.recv(4096), b""))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "calls.lan", socket.gethostname().lower()])
def test_a_device_that_trusts_the_authority_accepts_every_name_of_the_machine(lan, name):
    assert handshake(lan, name).startswith(b"HTTP/1.1 200")


def test_it_accepts_no_other(lan):
    for name in "example.org", "10.9.8.7":
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(lan, name)


def test_the_authority_can_vouch_for_private_names_only(lan):
    authority = certificate(lan.folder / "parley-ca.pem")
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    networks = [str(name.value) for name in limits.value.permitted_subtrees if isinstance(name, x509.IPAddress)]
    assert "192.168.0.0/16" in networks and "0.0.0.0/0" not in networks
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert basic.ca and basic.path_length == 0


def test_keys_are_their_owners_alone(lan):
    for name in "parley-ca-key.pem", "parley-lan-key.pem":
        assert stat.S_IMODE((lan.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(lan.folder.stat().st_mode) == 0o700


def test_the_page_says_how_and_what_to_compare(lan):
    page = requests.get(f"http://127.0.0.1:{lan.http}/", timeout=5)
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'href="https://127.0.0.1:{lan.https}/"' in page.text and "{{" not in page.text
    digest = certificate(lan.folder / "parley-ca.pem").fingerprint(hashes.SHA256()).hex(":").upper()
    assert digest in page.text.replace("<wbr>", "") and digest in lan.output()
    for device in "iPhone", "Android", "macOS", "Windows", "Linux", "Firefox":
        assert device in page.text


def test_the_page_repeats_nothing_of_a_hostile_host(lan):
    page = requests.get(f"http://127.0.0.1:{lan.http}/", headers={"Host": '"><script>alert(1)</script>'}, timeout=5)
    assert "script>" not in page.text and f"https://localhost:{lan.https}/" in page.text


def test_the_certificate_is_there_in_both_forms_and_nothing_else_is(lan):
    base = f"http://127.0.0.1:{lan.http}"
    text = requests.get(f"{base}/parley-ca.pem", timeout=5)
    binary_form = requests.get(f"{base}/parley-ca.crt", timeout=5)
    assert text.content == (lan.folder / "parley-ca.pem").read_bytes()
    for answer in text, binary_form:
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    read = x509.load_der_x509_certificate(binary_form.content)
    assert read.public_bytes(serialization.Encoding.PEM) == text.content
    for path in "/parley-ca-key.pem", "/index.html", "/socket.io/?EIO=4&transport=polling", "/../certs/parley-ca-key.pem":
        answer = requests.get(base + path, timeout=5, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert requests.get(f"{base}/none/?EIO=4&transport=polling", timeout=5).status_code == 503
    assert requests.post(base, timeout=5).status_code == 405


def test_the_address_that_was_named_is_printed(lan):
    assert re.findall(r"  https://(.*)/", lan.output()) == [f"127.0.0.1:{lan.https}"]
    assert "Anyone in this network may use it: there is no authentication" in lan.output()


def addresses(family, *arguments):
    """Those of this machine, as the system lists them."""
    listed = subprocess.run(["ip", "-json", f"-{family}", "address", "show", "scope", "global", *arguments],
                            capture_output=True, text=True, timeout=10, check=True)
    return [each["local"] for device in json.loads(listed.stdout) for each in device.get("addr_info", [])
            if "local" in each]


@pytest.fixture
def everywhere(tmp_path):
    https, http = free_port(), free_port()
    server = Server("serve", ["--lan", "--port", https, "--lan-http-port", http, "--out", tmp_path / "certs", "--no-web"],
                    [https, http])
    server.folder, server.https, server.http = tmp_path / "certs", https, http
    yield server
    server.stop()


def test_it_serves_every_address_of_both_families_and_prints_each(everywhere):
    if not shutil.which("ip"):
        pytest.skip("needs ip, of iproute2")
    hosts = [(address, address) for address in ["127.0.0.1", *addresses(4)]]
    if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"):
        hosts += [(address, f"[{address}]") for address in ["::1", *addresses(6)]]
    for address, shown in hosts:
        assert handshake(everywhere, address, address).startswith(b"HTTP/1.1 200"), address
        page = requests.get(f"http://{shown}:{everywhere.http}/", timeout=5)
        assert page.status_code == 200 and f'href="https://{shown}:{everywhere.https}/"' in page.text
        if address not in ("127.0.0.1", "::1"):
            assert f"  https://{shown}:{everywhere.https}/" in everywhere.output()
    assert "fe80" not in everywhere.output()


def test_a_phone_reads_the_code_in_the_terminal(tmp_path):
    numpy, zxing = pytest.importorskip("numpy"), pytest.importorskip("zxingcpp")
    http = free_port()
    ours, theirs = pty.openpty()
    process = subprocess.Popen([binary(), "serve", "--lan", "--host", "127.0.0.1", "--port", str(free_port()),
                                "--lan-http-port", str(http), "--out", tmp_path, "--no-web"], stdout=theirs)
    os.close(theirs)
    text, deadline = b"", time.monotonic() + 20
    while b"SHA-256 of the authority" not in text and time.monotonic() < deadline:
        text += os.read(ours, 65536)
    process.terminate()
    assert process.wait(12) == 0
    os.close(ours)
    lines = re.findall("\x1b\\[30;107m([ ▀▄█]+)\x1b\\[0m", text.decode())
    rows = [[sign in dark for sign in line] for line in lines for dark in ("▀█", "▄█")]
    picture = numpy.array([[0 if dark else 255 for dark in row for _ in range(6)] for row in rows for _ in range(6)])
    read = [code.text for code in zxing.read_barcodes(picture.astype(numpy.uint8))]
    assert len(read) == 1 and re.fullmatch(rf"http://127.0.0.1:{http}/", read[0]), (read, text.decode())
    assert f"  {read[0]}" in text.decode()


# parley certs


def test_an_authority_is_made_once_and_its_certificate_follows_the_names(tmp_path):
    folder = tmp_path / "certs"
    done = certs(folder)
    assert done.returncode == 0 and "Made a local certificate authority" in done.stdout, done.stderr
    authority, leaf = (folder / "parley-ca.pem").read_bytes(), (folder / "parley-lan.pem").read_bytes()
    again = certs(folder)
    assert again.returncode == 0 and "Made" not in again.stdout
    assert (folder / "parley-lan.pem").read_bytes() == leaf
    assert certs(folder, "--name", "10.77.1.2").returncode == 0
    assert (folder / "parley-ca.pem").read_bytes() == authority
    names = certificate(folder / "parley-lan.pem").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.77.1.2" in map(str, names.get_values_for_type(x509.IPAddress))
    assert certs(folder, "--renew").returncode == 0
    assert (folder / "parley-ca.pem").read_bytes() != authority


@pytest.mark.parametrize("arguments, code, words", [
    (["--name", "a,DNS:b"], 64, "--name must be a host name or an IP address"),
    (["--out", "/proc/nowhere"], 1, "cannot be made"),
])
def test_what_cannot_be_made_is_said(tmp_path, arguments, code, words):
    done = certs(tmp_path, *arguments)
    assert done.returncode == code and words in done.stderr, done.stderr


def test_a_public_name_needs_a_new_authority(tmp_path):
    assert certs(tmp_path).returncode == 0
    done = certs(tmp_path, "--name", "www.example.org")
    assert done.returncode == 1 and "parley certs --renew" in done.stderr
    assert certs(tmp_path, "--name", "www.example.org", "--renew").returncode == 0


def test_one_certificate_is_chosen(tmp_path):
    done = subprocess.run([binary(), "serve", "--lan", "--tls-cert", "a", "--tls-key", "b", "--out", tmp_path],
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 64 and "choose one of them" in done.stderr
