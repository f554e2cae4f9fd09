# SPDX-License-Identifier: Apache-2.0
"""The system's Firefox with a fake camera, over its own WebDriver BiDi."""

import os
import shutil

PREFERENCES = {
    "media.navigator.streams.fake": True, "media.navigator.permission.disabled": True, "media.autoplay.default": 0,
    "media.peerconnection.ice.loopback": True, "media.peerconnection.ice.obfuscate_host_addresses": False,
    # Nothing leaves the machine.
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "media.gmp-manager.updateEnabled": False, "network.dns.disableIPv6": True}


def executable():
    """$FIREFOX, or the first of the usual names that is no snap; None where there is none."""
    named = os.environ.get("FIREFOX")
    found = named or next(filter(None, map(shutil.which, ["firefox-esr", "firefox"])), None)
    return found if named or not found or not is_snap(found) else None


def is_snap(path):
    """Ubuntu's package is a script that asks for the snap. A snap cannot run with the files of the tests."""
    with open(path, "rb") as file:
        return "/snap/" in os.path.realpath(path) or b"snap" in file.read(2000)


def launch(playwright):
    return playwright.firefox.launch(
        channel="moz-firefox", executable_path=executable(), firefox_user_prefs=PREFERENCES, timeout=60_000)
