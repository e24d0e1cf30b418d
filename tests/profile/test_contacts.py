from typing import Any

from dangol.profile import days
from dangol.profile.contacts import Visits, joined
from dangol.profile.merge import merge
from dangol.profile.model import LEASES, NEVER, Contact, Lease, Profile, Visit

NOW = 1_782_874_800
BOTH = Visits(NOW - 60, frozenset({NOW - 60, NOW - 200}))


def one(ours: Contact, theirs: Contact, visits: Visits = BOTH) -> Contact:
    return joined({"c": ours}, {"c": theirs}, visits, 10)["c"]


def a_profile(started: int, last_seen: int, **contact: Any) -> Profile:
    return Profile(last_seen=last_seen, visit=Visit(started=started), contacts={"c": Contact(**contact)})


def test_what_was_seen_on_either_device_counts_in_the_visit_that_goes_on() -> None:
    contact = one(Contact(session=1, visit_started=NOW - 200, last_at=NOW), Contact(session=2, visit_started=NOW - 60))
    assert (contact.session, contact.visit_started) == (3, NOW - 60)


def test_a_visit_that_had_ended_counts_no_more_however_late_it_was_touched() -> None:
    ended = Contact(session=5, visit_started=NOW - 9000, last_at=NOW)
    contact = one(ended, Contact(session=1, visit_started=NOW - 60, last_at=NOW - 50))
    assert (contact.session, contact.visit_started) == (1, NOW - 60)


def test_not_in_this_visit_holds_for_the_visit_that_goes_on() -> None:
    contact = one(Contact(later_visit=NOW - 200), Contact(last_at=NOW))
    assert contact.later_visit == NOW - 60
    assert joined({"d": Contact(later_visit=NOW - 200)}, {}, BOTH, 10)["d"].later_visit == NOW - 60


def test_days_of_both_add_up_and_the_last_day_is_the_later_one() -> None:
    ours = Contact(day=2, day_number=9, days=days.put(days.put(b"", 7, 1), 9, 2), last_at=NOW - 5)
    theirs = Contact(day=4, day_number=8, days=days.put(days.put(b"", 7, 3), 8, 4), last_at=NOW)
    contact = one(ours, theirs)
    assert (contact.day, contact.day_number, days.counts(contact.days)) == (2, 9, {7: 4, 8: 4, 9: 2})


def test_too_many_contacts_leave_the_oldest_but_keep_never_again() -> None:
    ours = {f"c{n}": Contact(last_at=n) for n in range(1, 6)} | {"never": Contact(later_until=NEVER)}
    assert joined(ours, {"d": Contact(last_at=9)}, BOTH, 3).keys() == {"never", "d", "c5"}


def test_a_login_joins_visits_that_go_on_side_by_side_and_not_older_ones() -> None:
    for gap, counted in ((1000, 3), (2000, 2)):
        member = a_profile(NOW - 5000, NOW - gap, session=1, visit_started=NOW - 5000)
        visitor = a_profile(NOW - 60, NOW, session=2, visit_started=NOW - 60)
        merge(member, visitor, "v1")
        assert (member.visit.started, member.contacts["c"].session) == (NOW - 60, counted)


def test_a_login_joins_tallies_and_keeps_the_promises_that_hold_longest() -> None:
    leases = [Lease("c", f"e{n}", NOW + n) for n in range(LEASES)]
    member = Profile(tallies={"": Contact(views=1, seen_at=NOW)}, leases=leases[::2])
    visitor = Profile(tallies={"": Contact(views=2), "group:g": Contact(views=3)}, leases=[*leases[1::2], *leases[:3]])
    merge(member, visitor, "v1")
    assert {name: contact.views for name, contact in member.tallies.items()} == {"": 3, "group:g": 3}
    assert member.tallies[""].seen_at == NOW
    assert [lease.until for lease in member.leases[:3]] == [NOW + LEASES - 1, NOW + LEASES - 2, NOW + LEASES - 3]
