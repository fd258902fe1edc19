"""The roads to the server: a resolver that answers from a table, and a dial that leads every allowed address to loopback and keeps a
list."""

from scraper.fetch import transport
from scraper.fetch.faults import FetchError
from scraper.fetch.transport import Network
from tests.server.server import FaultyServer

PUBLIC = "93.184.216.34"
NAMES: dict[str, list[str]] = {
    "loopback.test": ["127.0.0.1"],
    "loopback6.test": ["::1"],
    "private.test": ["10.0.0.1"],
    "private6.test": ["fd00::1"],
    "shared.test": ["100.64.0.1"],
    "linklocal.test": ["169.254.169.254"],
    "mapped.test": ["::ffff:10.0.0.1"],
    "nat64.test": ["64:ff9b::a00:1"],
    "sixtofour.test": ["2002:7f00:1::"],
    "multicast.test": ["224.0.0.1"],
    "mixed.test": [PUBLIC, "10.0.0.1"],
    "empty.test": [],
    "two.test": ["2606:2800:220:1::1", PUBLIC],
}


class Roads:
    """A `Network` for tests. `dialled` lists the addresses that were connected to, `asked` the names that were resolved."""

    def __init__(self, server: FaultyServer) -> None:
        self._server = server
        self.dialled: list[str] = []
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host == "rebind.test":  # public when asked first, loopback ever after
            return [PUBLIC] if self.asked.count(host) == 1 else ["127.0.0.1"]
        if host in NAMES:
            return NAMES[host]
        if host.rstrip(".").endswith(".test"):
            return [PUBLIC]
        raise FetchError("network-error", f"{host}: no such name")

    async def dial(self, address: str, port: int, timeout: float | None) -> object:
        self.dialled.append(address)
        if ":" in address:
            raise transport.httpcore.ConnectError("no route")  # the second address has to serve
        ports = {
            80: self._server.plain_port,
            443: self._server.tls_port,
            4443: self._server.plain_port,
            4444: self._server.silent_port,
            81: 1,
        }
        return await transport.system_dial("127.0.0.1", ports[port], timeout)

    @property
    def network(self) -> Network:
        return Network(resolve=self.resolve, dial=self.dial, tls=self._server.certificates.client_context())
