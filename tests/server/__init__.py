"""A web server on loopback with a path for each fault, and the network that leads every test there.

No packet leaves loopback: names are resolved by a table, and every address, public as it looks to the guard, is dialled as this server.
"""

from tests.server.network import PUBLIC, Roads
from tests.server.server import Exchange, FaultyServer

__all__ = ["PUBLIC", "Exchange", "FaultyServer", "Roads"]
