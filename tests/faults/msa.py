"""The MSA misbehaves at each step of SMTP, with a login and without TLS."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from faults.fault import Group, must
from faults.letters import Letter, letter
from faults.scene import Plan, Scene, pass_time, scene
from gateway.store.schema import outbox
from lib.reckoning import Handed
from servers.process import wait_until
from servers.smtp_peer import ENDLESS, HANG_UP, STALL

LOGIN = 'user = "casepost"\npassword_file = "password"\n'
GROUP: Group[Scene] = Group("MSA", partial(scene, "msa", Plan(msa=LOGIN)))
_FEATURES = ("SIZE 1000000", "8BITMIME", "AUTH PLAIN")

# What is said before a mail is named, and from there on.
_OF_THE_CONNECTION = ("CONNECT", "EHLO", "AUTH")
_OF_A_MAIL = ("MAIL", "RCPT", "DATA", "DOT")
_MOST_TRIES = 6 / (0.2 * 0.8) + 2
_TRIED = {"deferred", "uncertain", "sent", "failed"}

Script = Mapping[str, Sequence[str]]


def misbehave(
    site: Scene, script: Script, *, keeps: bool = False, features: tuple[str, ...] = _FEATURES
) -> Letter:
    """Have a mail answered while the MSA follows a script, on a new connection."""
    site.peer.features = features
    site.peer.keeps = keeps
    # Who comes over an old connection does not see how a new one begins.
    site.peer.meet({point: list(said) for point, said in script.items()})
    one = letter()
    site.insist(one)

    def tried() -> bool:
        row = site.answer_to(one)
        return row is not None and row.attempts >= 1 and row.state in _TRIED

    wait_until(tried, seconds=60, what=f"an attempt while the MSA says {script}")
    return one


def behave(site: Scene) -> None:
    """Let the MSA take everything from now on."""
    site.peer.keeps = True
    site.peer.script = {}


def sent_once(site: Scene, one: Letter, at: str) -> None:
    """See that an answer goes out in the end, and that the MSA has it once."""
    with suppress(TimeoutError):
        site.wait(lambda: site.copies(one) >= 1, f"the mail that met {at} goes out")
    must(site.copies(one) == 1, f"the MSA has {site.copies(one)} copies after {at}")


def state_of(site: Scene, one: Letter) -> str:
    """Say where an answer stands."""
    row = site.answer_to(one)
    return "" if row is None else str(row.state)


@GROUP.fault("it refuses for now, at each step", holds="the mail waits, and goes out once")
def temporary(site: Scene) -> None:
    """A 4xx is about now: at the greeting, EHLO, the login, MAIL, RCPT, DATA and the dot."""
    for point in (*_OF_THE_CONNECTION, *_OF_A_MAIL):
        said = "421 4.3.2 closing" if point == "CONNECT" else "451 4.3.0 later"
        one = misbehave(site, {point: [said]})
        must(state_of(site, one) == "deferred", f"{state_of(site, one)} after {point}: {said}")
        behave(site)
        sent_once(site, one, f"{point}: {said}")


@GROUP.fault(
    "it refuses for good, at each step",
    holds="a mail fails by what is said of it alone; a refused login or greeting waits",
)
def permanent(site: Scene) -> None:
    """A 5xx to greeting, EHLO or login is about us; after MAIL it is about the mail."""
    for point in _OF_THE_CONNECTION:
        one = misbehave(site, {point: ["535 5.7.8 no"]})
        must(state_of(site, one) == "deferred", f"{state_of(site, one)} after 535 to {point}")
        behave(site)
        sent_once(site, one, f"535 to {point}")
    for point in _OF_A_MAIL:
        one = misbehave(site, {point: ["550 5.7.1 no"]})
        must(state_of(site, one) == "failed", f"{state_of(site, one)} after 550 to {point}")
        row = site.answer_to(one)
        assert row is not None
        site.handed.append(Handed(row.content, 550))
    behave(site)


@GROUP.fault("it stalls, at each step", holds="given up in time; the mail goes out once")
def stalls(site: Scene) -> None:
    """The time-outs are two seconds; nothing waits for a server that says no word."""
    for point in (*_OF_THE_CONNECTION, "MAIL", "RCPT", "DATA"):
        one = misbehave(site, {point: [STALL]})
        must(state_of(site, one) == "deferred", f"{state_of(site, one)} after a stall at {point}")
        behave(site)
        sent_once(site, one, f"a stall at {point}")


@GROUP.fault(
    "it hangs up, at each step before the final dot", holds="the mail waits, and goes out once"
)
def hangs_up(site: Scene) -> None:
    """In the middle of the text, too."""
    for point in (*_OF_THE_CONNECTION, "MAIL", "RCPT", "DATA", "TEXT"):
        one = misbehave(site, {point: [HANG_UP]})
        behave(site)
        sent_once(site, one, f"a hang-up at {point}")


@GROUP.fault(
    "it takes a mail and never says so",
    holds="uncertain; repeated once, byte for byte, with the same Message-ID",
)
def uncertain(site: Scene) -> None:
    """It hangs up, stalls, or talks nonsense after the dot."""
    for said in (HANG_UP, STALL, "hello"):
        one = misbehave(site, {"DOT": [said]}, keeps=True)
        behave(site)
        site.wait_sent(one)
        must(site.copies(one) == 2, f"{site.copies(one)} copies after {said}")
        texts = {m.text for m in site.peer.taken if one.sender in m.rcpt_to}
        must(len(texts) == 1, "the repeat has other bytes")


@GROUP.fault(
    "it never says whether it took a mail, however often it is asked",
    holds="an automatic mail is repeated once and no more",
)
def for_ever_uncertain(site: Scene) -> None:
    """The second time is the last."""
    one = misbehave(site, {"DOT": [HANG_UP]}, keeps=True)

    def settled() -> bool:
        row = site.answer_to(one)
        return row is not None and row.settled_at is not None

    site.wait(settled, "the end of the attempts")
    must(state_of(site, one) == "uncertain", f"{state_of(site, one)} in the end")
    must(site.copies(one) == 2, f"{site.copies(one)} copies")
    behave(site)


@GROUP.fault(
    "it hangs up after the dot without having taken the mail",
    holds="the mail goes out all the same",
)
def not_taken(site: Scene) -> None:
    """What counts is the reply, and there was none."""
    one = misbehave(site, {"DOT": [HANG_UP]}, keeps=False)
    behave(site)
    sent_once(site, one, "a hang-up after the dot")


@GROUP.fault("it talks nonsense, at each step", holds="the mail waits, and goes out once")
def nonsense(site: Scene) -> None:
    """Replies without a code, with one that does not exist, with bytes that are no text."""
    for said in ("hello there", "999 what", "25", "\x00\x01\u00ff"):
        for point in (*_OF_THE_CONNECTION, *_OF_A_MAIL):
            one = misbehave(site, {point: [said]})
            state = state_of(site, one)
            must(state in {"deferred", "uncertain"}, f"{state} after {said!r} to {point}")
            behave(site)
            sent_once(site, one, f"{said!r} to {point}")


@GROUP.fault("its replies have no end", holds="cut off; the mail goes out once")
def endless(site: Scene) -> None:
    """A line of a hundred kilobytes, and a reply of ever more lines, until we hang up."""
    for said in ("250 " + "x" * 100_000, ENDLESS):
        for point in ("CONNECT", "EHLO", "MAIL", "DOT"):
            one = misbehave(site, {point: [said]})
            state = state_of(site, one)
            must(state in {"deferred", "uncertain"}, f"{state} after an endless reply to {point}")
            behave(site)
            sent_once(site, one, f"an endless reply to {point}")


@GROUP.fault("it has no room for one recipient", holds="all others get their mail meanwhile")
def one_recipient(site: Scene) -> None:
    """The first of several mails is put off, on the same connection as the others."""
    one = misbehave(site, {"RCPT": ["452 4.2.2 full", "250 ok"]}, keeps=True)
    others = [letter() for _ in range(4)]
    for other in others:
        site.insist(other)
    for other in (*others, one):
        sent_once(site, other, "a full mailbox of somebody else")
    behave(site)


@GROUP.fault(
    "it takes no connection for six seconds while mails wait",
    holds="it is tried as often as it is configured, not once a mail, and not without a pause",
)
def away(site: Scene) -> None:
    """`retry_first` is a fifth of a second here, spread by a fifth, for all mails together."""
    misbehave(site, {"CONNECT": ["421 4.3.2 closing"]})
    for _ in range(5):
        site.insist(letter())
    before = site.peer.connections
    waits = [site.rows(outbox, outbox.c.settled_at.is_(None))]
    pass_time(6)
    tried = site.peer.connections - before
    must(waits[0], "nothing waited")
    must(1 <= tried <= _MOST_TRIES, f"{tried} connections in six seconds")
    behave(site)
