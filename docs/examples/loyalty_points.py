"""Points that the shop gave the member, as a condition for segments."""

from dangol.plugin import Condition, Profile, Request


class LoyaltyPoints(Condition):
    """In a segment: ``{loyalty_points: {gte: 1000}}``."""

    name = "loyalty_points"
    version = "1.0"
    api = 1
    title = "Loyalty points"
    kind = "number"
    unit = "points"
    needs = "profile"

    def fact(self, profile: Profile, request: Request) -> float | None:
        """Not known for visitors, and for members whom the shop gave no such trait."""
        points = profile.member.traits.get("points") if profile.member else None
        return points if isinstance(points, int | float) else None
