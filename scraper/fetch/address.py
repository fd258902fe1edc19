"""The one place that decides which addresses are dialled.

A name is resolved once, every address it has must be allowed, and the address that was checked is the one that is connected to: there is
no second look-up that
could answer otherwise. The check sits below redirects, robots.txt and meta refresh, so that no path goes around it.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from scraper.fetch.faults import FetchError

Resolve = Callable[[str, int], Awaitable[list[str]]]

# IANA special-purpose registries. Python's own `is_global` differs between patch releases and counts multicast as global.
# Never: link-local (cloud metadata lives there), "this network", multicast, reserved, and the metadata
# addresses of Azure and AWS that lie elsewhere.
_NEVER = [
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fd00:ec2::/32",
        "fe80::/10",
        "ff00::/8",
    )
]
_PRIVATE = [
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared address space, RFC 6598
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "3fff::/20",
    )
]
_GLOBAL_V6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_6TO4 = ip_network("2002::/16")
_COMPATIBLE = ip_network("::/96")  # deprecated IPv4-compatible form


def refusal(address: str, *, allow_private: bool = False) -> str | None:
    """Return why `address` must not be dialled, or `None` where it may be."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "is not an address"
    if isinstance(ip, IPv6Address):
        ip = _embedded(ip)
    if any(ip in block for block in _NEVER if block.version == ip.version):
        return "is a link-local, metadata, multicast or reserved address"
    if allow_private:
        return None
    if any(ip in block for block in _PRIVATE if block.version == ip.version) or (ip.version == 6 and ip not in _GLOBAL_V6):
        return "is a private, loopback or special-purpose address (--allow-private lets intranet addresses through)"
    return None


def _embedded(ip: IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that a translator or tunnel would reach through `ip`, else `ip`."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _6TO4:
        return IPv4Address(int(ip) >> 80 & 0xFFFFFFFF)
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


async def allowed_addresses(host: str, port: int, resolve: Resolve, *, allow_private: bool = False) -> list[str]:
    """Return the addresses of `host`, all of them allowed. Raises FetchError: `blocked`, or `network-error` where the name has none."""
    name = host.rstrip(".").lower()
    try:
        addresses = [str(ip_address(name))]
    except ValueError:
        local = name == "localhost" or name.endswith(".localhost")  # RFC 6761: never asked of a name server
        addresses = ["127.0.0.1"] if local else await resolve(host, port)
    for address in addresses:
        reason = refusal(address, allow_private=allow_private)
        if reason:
            raise FetchError("blocked", f"{address} {reason}" if address == host else f"{host}: {address} {reason}")
    if not addresses:
        raise FetchError("network-error", f"{host} has no address")
    return addresses


async def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Each look-up has a daemon thread of its own: one that hangs holds up neither the others nor the exit."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            settle, value = answer.set_result, list(dict.fromkeys(str(entry[4][0]) for entry in found))
        except (OSError, UnicodeError) as error:
            settle, value = answer.set_exception, _resolver_error(host, error)  # type: ignore[assignment]
        if not loop.is_closed():
            loop.call_soon_threadsafe(lambda: None if answer.done() else settle(value))

    threading.Thread(target=look_up, daemon=True, name="resolve").start()
    return await answer


def _resolver_error(host: str, error: OSError | UnicodeError) -> FetchError:
    again = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    reason = "the name server did not answer" if again else "no such name"
    return FetchError("network-error", f"{host}: {reason}", retry=again, strike=True)
