"""Questions to the DNS: bounded, remembered, and asked side by side."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from gateway import resolver
from gateway.config.settings import Settings
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.questions import UNCERTAIN, Answer, Question, Type
from gateway.mail.model import Envelope, Verdict
from gateway.mail.parse import parse
from gateway.resolver import Resolver, authenticator
from lib.fake_dns import NOW, PEER, FakeDns, key_record, mail_of, signed

SETTINGS = Settings(path=Path("casepost.toml"))
RECORDS = {
    ("text.example.", "TXT"): (60, ['"v=spf1 " "-all"', '"other"']),
    ("old.example.", "TXT"): (1, ['"x"']),
    ("many.example.", "A"): (60, [f"192.0.2.{n}" for n in range(60)]),
    ("mail.example.", "MX"): (60, ["10 MX.mail.example."]),
    ("only.example.", "A"): (60, ["192.0.2.1"]),
    ("long.example.", "TXT"): (60, [f'"{"x" * 250}" ' * 20]),
}


@dataclass(slots=True)
class NameServer:
    """A name server of this machine; `asked` are the names that it was asked for."""

    sock: socket.socket
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Give what stands in the configuration."""
        return f"127.0.0.1:{self.sock.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until an empty packet comes."""
        while True:
            packet, client = self.sock.recvfrom(4096)
            if not packet:
                return
            query = dns.message.from_wire(packet)
            reply = self._reply(query)
            if reply is not None:
                self.sock.sendto(reply.to_wire(max_size=65000), client)

    def _reply(self, query: dns.message.Message) -> dns.message.Message | None:
        asked = query.question[0]
        name, kind = asked.name.to_text(), asked.rdtype.name
        self.asked.append(name)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name == "silent.example.":
            return None
        if name == "broken.example.":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif (name, kind) in RECORDS:
            ttl, texts = RECORDS[name, kind]
            reply.answer = [dns.rrset.from_text_list(name, ttl, "IN", kind, texts)]
        elif name == "nobody.example.":
            reply.set_rcode(dns.rcode.NXDOMAIN)
            reply.authority = [dns.rrset.from_text("example.", 90, "IN", "SOA", "a. b. 1 2 3 4 5")]
        return reply


@pytest.fixture
def server() -> Iterator[NameServer]:
    """A name server that answers from RECORDS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        found = NameServer(sock)
        thread = Thread(target=found.serve)
        thread.start()
        yield found
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", sock.getsockname())
        thread.join()


@pytest.mark.parametrize(
    ("expected", "name", "kind"),
    [
        (Answer(("other", "v=spf1 -all")), "text.example", Type.TXT),
        (Answer(("10 mx.mail.example",)), "mail.example", Type.MX),
        (Answer(("192.0.2.1",)), "only.example", Type.A),
        (Answer(), "only.example", Type.TXT),
        (Answer(), "nobody.example", Type.TXT),
        (UNCERTAIN, "broken.example", Type.TXT),
        (UNCERTAIN, "silent.example", Type.TXT),
        (UNCERTAIN, "many.example", Type.A),
        (UNCERTAIN, "long.example", Type.TXT),
        (UNCERTAIN, "x" * 70 + ".example", Type.TXT),
    ],
)
def test_what_the_dns_says(server: NameServer, expected: Answer, name: str, kind: Type) -> None:
    """Records, in one order, or none, are an answer; trouble, silence and a flood are no answer."""
    # A server in trouble is asked again until the time is over.
    seconds = 0.4 if name in {"broken.example", "silent.example"} else 20
    asking = Resolver([server.address], seconds)
    assert expected == asyncio.run(asking.answer(Question(name, kind)))


def test_answers_are_remembered_as_long_as_they_are_good(server: NameServer) -> None:
    """For their time to live, within bounds; that there is nothing is remembered, too."""
    clock = [0.0]
    asking = Resolver([server.address], 2, lambda: clock[0])

    def ask(name: str) -> int:
        asyncio.run(asking.answer(Question(name, Type.TXT)))
        return server.asked.count(f"{name}.")

    assert (1, 1, 1) == (ask("text.example"), ask("old.example"), ask("nobody.example"))
    broken = ask("broken.example")
    clock[0] = 4.0
    assert (1, 1, 1) == (ask("text.example"), ask("old.example"), ask("nobody.example"))
    assert broken == ask("broken.example")
    clock[0] = 59.0
    assert (1, 2, 1) == (ask("text.example"), ask("old.example"), ask("nobody.example"))
    assert broken < ask("broken.example")
    clock[0] = 91.0
    assert (2, 3, 2) == (ask("text.example"), ask("old.example"), ask("nobody.example"))


def test_so_much_is_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not used for longest is forgotten first."""
    monkeypatch.setattr(resolver, "_MOST_REMEMBERED", 2)
    memory = resolver.Memory(lambda: 0.0)
    a, b, c = (Question(name, Type.TXT) for name in "abc")
    memory.put(a, Answer(("1",)), 10)
    memory.put(b, Answer(("2",)), 10)
    assert Answer(("1",)) == memory.get(a)
    memory.put(c, Answer(("3",)), 10)
    assert (True, False, True) == tuple(memory.get(q) is not None for q in (a, b, c))


def evidence(content: bytes, peer: str = PEER) -> Evidence:
    """Say that a mail came in from outside."""
    envelope = Envelope("jan@klant.example", "help@desk.example", peer, "mx.klant.example")
    return Evidence(parse(content), envelope, content, "smtp", NOW)


def test_a_batch_is_judged_side_by_side(server: NameServer) -> None:
    """Mails of one domain ask each question once; verdicts come in the mails' order."""
    own = replace(SETTINGS.authenticity, nameservers=(server.address,))
    judge = authenticator(replace(SETTINGS, authenticity=own))
    found = judge([evidence(mail_of())] * 20 + [evidence(mail_of(), "127.0.0.1")])
    assert [Verdict.UNKNOWN] * 21 == [one.verdict for one in found]
    assert "has no DMARC record" in found[0].reason
    assert "nobody verified this mail" == found[-1].reason
    assert 1 == server.asked.count("_dmarc.klant.example.")
    assert [] == judge([])


class Stuck(FakeDns):
    """Answers nothing about one domain, ever."""

    async def answer(self, question: Question) -> Answer:
        """Wait for ever, or answer."""
        if "slow.example" in question.name:
            await asyncio.get_running_loop().create_future()
        return self.look_up(question)


@pytest.mark.parametrize(("mail", "share"), [(0.05, 0.5), (5.0, 0.002)])
def test_who_does_not_answer_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, mail: float, share: float
) -> None:
    """After its time, or the batch's, a mail is neither passed nor failed; the others are."""
    monkeypatch.setattr(resolver, "MAIL_SECONDS", mail)
    monkeypatch.setattr(resolver, "BATCH_SHARE", share)
    judge = authenticator(SETTINGS, Stuck({"s1._domainkey.klant.example": key_record()}))
    slow = evidence(signed(mail_of("jan@slow.example"), "slow.example"))
    found = judge([slow, evidence(signed(mail_of())), slow])
    assert [Verdict.UNKNOWN, Verdict.PASS, Verdict.UNKNOWN] == [one.verdict for one in found]
    assert "the DNS does not say" in found[0].reason
