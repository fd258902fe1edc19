"""Certificates for the TLS port: one authority that the client trusts, and names that go wrong in one way each."""

import datetime
import ssl

import trustme


class Certificates:
    """Picks the certificate by the name that the client asks for."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        stranger = trustme.CA()
        long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        expired = self._authority.issue_cert("tls-expired.test", not_before=long_ago, not_after=long_ago + datetime.timedelta(days=30))
        self._contexts = {
            "tls-selfsigned.test": _context(stranger.issue_cert("tls-selfsigned.test")),
            "tls-expired.test": _context(expired),
            "tls-wrong.test": _context(self._authority.issue_cert("another.test")),
        }
        self._good = _context(self._authority.issue_cert("secure.test", "plain.test"))

    def server_context(self) -> ssl.SSLContext:
        def choose(socket: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            socket.context = self._contexts.get(name or "", self._good)

        self._good.sni_callback = choose  # type: ignore[assignment]
        return self._good

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
