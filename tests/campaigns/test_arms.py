from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.arms import HASH_RANGE, is_held_out, share, variant_of, with_variants
from dangol.definitions.model import Campaign, Variant, WidgetUse

SEEDS = range(1, 4001)


def drawn(campaign: str = "c", **weights: int) -> dict[int, str]:
    variants = [Variant(id, weight) for id, weight in weights.items()]
    return {seed: variant_of(campaign, variants, seed) for seed in SEEDS}


def moved(before: dict[int, str], after: dict[int, str]) -> Counter[tuple[str, str]]:
    """How many shoppers went from which variant to which."""
    return Counter((before[seed], after[seed]) for seed in SEEDS if before[seed] != after[seed])


def test_a_campaign_without_variants_has_one_arm() -> None:
    assert variant_of("c", [], 7) == "on"


def test_shoppers_are_shared_out_by_weight() -> None:
    counts = Counter(drawn(a=1, b=2, d=5).values())
    assert [counts[id] / len(SEEDS) for id in ("a", "b", "d")] == [
        pytest.approx(1 / 8, abs=0.02),
        pytest.approx(2 / 8, abs=0.025),
        pytest.approx(5 / 8, abs=0.03),
    ]


def test_a_heavier_variant_only_takes_and_a_lighter_one_only_gives() -> None:
    before = drawn(a=2, b=2, d=4)
    heavier, lighter = moved(before, drawn(a=4, b=2, d=4)), moved(before, drawn(a=1, b=2, d=4))
    assert {to for _, to in heavier} == {"a"}
    assert {of for of, _ in lighter} == {"a"}
    # No more of them than the shares ask for: from 2/8 to 4/10, and to 1/7.
    assert heavier.total() / len(SEEDS) == pytest.approx(4 / 10 - 2 / 8, abs=0.02)
    assert lighter.total() / len(SEEDS) == pytest.approx(2 / 8 - 1 / 7, abs=0.02)


def test_a_variant_that_comes_only_takes_and_the_order_does_not_matter() -> None:
    assert {to for _, to in moved(drawn(a=1, b=1), drawn(a=1, b=1, d=1))} == {"d"}
    assert drawn(a=1, b=3) == drawn(b=3, a=1)


def test_campaigns_draw_independently_of_each_other_and_of_holdouts() -> None:
    one, other = drawn("c", a=1, b=1), drawn("d", a=1, b=1)
    same = sum(one[seed] == other[seed] for seed in SEEDS) / len(SEEDS)
    held = [seed for seed in SEEDS if is_held_out("c", share(50), seed)]
    assert same == pytest.approx(0.5, abs=0.03)
    assert Counter(one[seed] for seed in held)["a"] / len(held) == pytest.approx(0.5, abs=0.04)


@given(seed=st.integers(-(2**63), 2**63 - 1), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_any_seed_gets_one_of_the_variants_and_the_same_again(seed: int, weights: list[int]) -> None:
    variants = [Variant(f"v{number}", weight) for number, weight in enumerate(weights)]
    arm = variant_of("c", variants, seed)
    assert arm in {variant.id for variant in variants}
    assert variant_of("c", variants, seed) == arm


def test_a_share_of_all_is_everybody() -> None:
    assert (share(0), share(100)) == (0, HASH_RANGE)
    assert not any(is_held_out("c", share(0), seed) for seed in SEEDS)
    assert all(is_held_out("c", share(100), seed) for seed in SEEDS)


def test_a_variants_parameters_are_laid_over_the_campaigns() -> None:
    use = WidgetUse("popcorn", {"title": "Hello", "text": "You"})
    campaign = Campaign("c", widget=use, variants=[Variant("a"), Variant("b", params={"title": "Hi", "image": "/x"})])
    assert dict(with_variants(campaign, use.params)) == {
        "": {"title": "Hello", "text": "You"},
        "a": {"title": "Hello", "text": "You"},
        "b": {"title": "Hi", "text": "You", "image": "/x"},
    }
