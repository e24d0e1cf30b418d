"""The devices on which notifications reach a shopper: newest first, a bounded number. Pure; profiles are changed in
place."""

from collections.abc import Collection, Iterable

from dangol.profile.consents import Act, subscribe
from dangol.profile.model import DEVICES, Device, Profile
from dangol.protocol.device import DeviceTold

SOURCE = "page"
"""Whose form a consent was given in that a page tells together with its browser's subscription."""


def add(profile: Profile, device: Device) -> None:
    """Note a device that was told of now; `token` is in its normal form (`protocol.device.normal`). A known one moves
    to the front, and of too many the one goes that was not told of for longest."""
    profile.devices = joined([device], profile.devices)


def drop(profile: Profile, tokens: Collection[str]) -> bool:
    """Forget the devices of these tokens; False where there was none of them."""
    left = [each for each in profile.devices if each.token not in tokens]
    gone = len(left) < len(profile.devices)
    profile.devices = left
    return gone


def joined(ours: Iterable[Device], theirs: Iterable[Device]) -> list[Device]:
    """Both's devices, each as it was told of last."""
    latest: dict[str, Device] = {}
    for device in sorted((*ours, *theirs), key=lambda each: -each.seen_at):
        latest.setdefault(device.token, device)
    return list(latest.values())[:DEVICES]


def take(profile: Profile, told: Iterable[DeviceTold], new: Collection[str]) -> list[Act]:
    """What the page has told of its own notifications; `new` are the events that were not taken before. Returns what it
    did with consents. Who has agreed to be counted only has agreed to nothing more."""
    acts: list[Act] = []
    for each in told:
        if each.id not in new or profile.anonymous:
            continue
        if each.gone:
            drop(profile, (each.token,))
            continue
        add(profile, Device("webpush", each.token, int(each.at)))
        if each.agreed:
            acts += subscribe(profile, "push", "webpush", each.at, each.wording, each.night, SOURCE)
    return acts
