"""Which addresses are reached over the internet: what is called for somebody else may reach no others. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")
"""All that is given out for use over the internet (IANA); what lies outside may mean a neighbour or this machine."""


def is_public(address: str) -> bool:
    """Whether an IP address is reached over the internet, also where it wraps an IPv4 address."""
    ip = ip_address(address)
    inner = _wrapped(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None and not is_public(str(inner)):
        return False
    if inner is None and isinstance(ip, IPv6Address) and ip not in UNICAST:
        return False
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
