"""What the demo shop has to know to be a shop in front of a dangol."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Addresses have no slash at their end. `base_url` is the shop's own: its pages live there and nowhere else. At
    `phone_url` is the page that shows what the fake providers got."""

    dangol_url: str
    site_key: str
    identity_secret: str
    server_key: str
    base_url: str
    admin_key: str = ""
    phone_url: str = ""
