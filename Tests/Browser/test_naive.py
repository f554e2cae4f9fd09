# SPDX-License-Identifier: Apache-2.0
"""Our page in a call with a page of another make, which has the classic bugs: the doctor says what is wrong over there, from what our
page sees and what the other one confirms."""

import pathlib
import time
from urllib.parse import urlencode

import pytest

from chromium import PATIENCE_MS
from test_doctor import JUDGE, diagnosis

PAGE = pathlib.Path(__file__).with_name("naive.html")
CONNECTED = "Object.values(window.naive.pairs).some(({connectionState}) => connectionState === 'connected')"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def naive(chromium, site):
    """Opens the other page in a room."""
    contexts = []

    def enter(room, flaw=""):
        context = chromium.new_context()
        contexts.append(context)
        page = context.new_page()
        page.route("**/naive?*", lambda route: route.fulfill(path=PAGE, content_type="text/html"))
        page.goto(f"{site.url.replace('127.0.0.1', 'localhost')}/naive?{urlencode({'room': room, 'flaw': flaw})}")
        until(page, "window.naive?.joined")
        return page

    yield enter
    for context in contexts:
        context.close()


def until(page, expression):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never true: {expression}, but {page.evaluate('window.naive?.heard')}"
        time.sleep(0.1)


@pytest.mark.parametrize("comes_first", ["ours", "theirs"])
def test_without_a_flaw_the_two_make_a_call(visit, naive, room, comes_first):
    enter = [lambda: visit(room, "Ada"), lambda: naive(room)]
    one, other = [each() for each in (enter if comes_first == "ours" else enter[::-1])]
    ada, page = (one, other) if comes_first == "ours" else (other, one)
    until(page, CONNECTED)
    assert diagnosis(ada, "connected") == ["connected"]


def test_both_call_and_both_give_way(visit, naive, room):
    page = naive(room, "calls whoever comes")
    ada = visit(room, "Ada")
    assert diagnosis(ada, "glare")[0] == "glare"
    assert page.evaluate("window.naive.heard").count("offer in have-local-offer") == 1
    verdict, *_ = ada.page.evaluate(JUDGE)["verdicts"]
    assert verdict["text"] == "Both sides made an offer, and neither was applied."
    assert "taken back" in verdict["evidence"]


def test_the_answer_is_never_applied(visit, naive, room):
    ada = visit(room, "Ada")
    naive(room, "forgets the answer")
    assert diagnosis(ada, "never_applied")[0] == "never_applied"
    assert ada.page.evaluate(JUDGE)["verdicts"][0]["text"] == "The answer was delivered and never applied."


def test_the_answer_cannot_be_applied_there(visit, naive, room):
    ada = visit(room, "Ada")
    naive(room, "spoils the answer")
    assert diagnosis(ada, "description_failed")[0] == "description_failed"
    assert ada.page.evaluate(JUDGE)["verdicts"][0]["text"] == "The answer was delivered and never applied: InvalidStateError."


def test_the_answer_cannot_be_applied_here(visit, naive, room):
    naive(room, "answers wrongly")
    ada = visit(room, "Ada")
    assert diagnosis(ada, "description_refused")[0] == "description_refused"
    assert "setRemoteDescription" in ada.page.evaluate(JUDGE)["verdicts"][0]["evidence"]


def test_nobody_makes_an_offer(visit, naive, room):
    ada = visit(room, "Ada")
    naive(room, "waits to be called")
    assert diagnosis(ada, "never_offered")[0] == "never_offered"


def test_an_answer_that_comes_twice_is_not_negotiated_about_for_ever(visit, naive, room):
    page = naive(room, "answers twice")
    ada = visit(room, "Ada")
    until(page, CONNECTED)
    time.sleep(3)
    assert len(page.evaluate("window.naive.heard")) == 1
    assert diagnosis(ada, "connected") == ["connected"]
