"""For the tests of plugin authors: shoppers and events to try a plugin on, and calls made as dangol makes them.

    from dangol.testing import profile, render

    def test_greets_by_name():
        shown = render(Hello(), {"text": "Hi, {name|friend}"}, profile=profile(member="Kim"))
        assert shown.text == "Hi, Kim"

The pytest fixtures are in `dangol.testing.fixtures`.
"""

from dangol.errors import Invalid, PluginFailure
from dangol.profile.model import Member
from dangol.testing.builders import NOW, entry, event, item, profile, push_request, request, shelf
from dangol.testing.calls import consume, fact, look_up, recommend, send, submit, tally, told
from dangol.testing.clock import Clock
from dangol.testing.counts import MemoryCounts
from dangol.testing.widgets import Shown, render, view

__all__ = [
    "NOW",
    "Clock",
    "Invalid",
    "Member",
    "MemoryCounts",
    "PluginFailure",
    "Shown",
    "consume",
    "entry",
    "event",
    "fact",
    "item",
    "look_up",
    "profile",
    "push_request",
    "recommend",
    "render",
    "request",
    "send",
    "shelf",
    "submit",
    "tally",
    "told",
    "view",
]
