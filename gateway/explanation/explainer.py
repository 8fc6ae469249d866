"""Why a mail goes the way it goes, as plain values: the objects that `explain --json` prints.

Others script against these keys. Add to them, do not change them. All keys are always there and
lists are never null.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.desk.case import Case
from gateway.desk.choice import Choice
from gateway.desk.choose import choose
from gateway.desk.considered import considered
from gateway.desk.decide import decide
from gateway.desk.decision import Decision
from gateway.desk.entitled import NOT_ENTITLED
from gateway.desk.forwarding import is_agents, on_behalf
from gateway.desk.hear import hear
from gateway.desk.identify import identify
from gateway.desk.known import Known, Role, Sender
from gateway.desk.route import Routes
from gateway.desk.ruling import NO_RULING
from gateway.desk.trace import (
    of_choice,
    of_forwarded,
    of_mail,
    of_ruling,
    of_sender,
    of_support,
    trace,
)
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.judge import trust_of
from gateway.mail.authenticity.vouched import vouched
from gateway.mail.automatic import classify
from gateway.mail.forward import Forwarded, forwarded
from gateway.mail.html import display, looks_like_html
from gateway.mail.inside import others_of
from gateway.mail.language import detect
from gateway.mail.message_id import MessageIds
from gateway.mail.model import Authenticity, Clues, Envelope, Kind, Mail
from gateway.mail.parse import parse
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import Fold, new_text
from gateway.mail.reply_address import ReplyAddresses
from gateway.mail.spam import marked_as_spam
from gateway.mail.thread import find_clues
from gateway.store.archive import Explained
from gateway.store.plain import plain_fold

Plain = dict[str, object]

_NO_DESK = "no desk has the address that this mail is for"


class Explainer:
    """Explains mails by what the files of a house say; it opens no database and writes nothing.

    A mail is looked at as if it were the first ever: no ticket and no person is known. Mails are
    for the desk `desk` if it is given, else for the one that they are written to.
    """

    def __init__(self, configuration: Configuration, desk: Desk | None) -> None:
        """Explain for this house."""
        self._configuration = configuration
        self._desk = desk
        self._routes = Routes(configuration.desks)
        self._message_ids = MessageIds(_key(configuration.settings.data))

    def file(self, path: Path, *, body: bool) -> Plain:
        """Explain a raw mail in a file, or, with `body`, a bare text; never raises OSError."""
        most = self._configuration.settings.limits.message_size
        problem = ""
        content = b""
        try:
            with path.open("rb") as file:
                content = file.read(most + 1)
        except OSError as error:
            problem = f"the file cannot be read: {error.strerror}"
        if len(content) > most:
            problem = f"the file is larger than {most} bytes; only that much of it was read"
            content = content[:most]
        if body:
            start = content[:_SNIFFED].decode("utf-8", "replace")
            html = path.suffix.lower() in _HTML_ENDINGS or looks_like_html(start)
            # Whatever its first line looks like, it is no header field.
            content = _BODY_HEAD % (b"html" if html else b"plain") + content
        explained = self._explain(content, Envelope(None, ""), str(path))
        return {**explained, "problem": problem or explained["problem"]}

    def stored(self, content: bytes, envelope: Envelope, kept: Explained) -> Plain:
        """Explain a mail that was received, by the trace that was stored when it was decided."""
        fresh = self._explain(content, envelope, f"mail {kept.spool_id}")
        stored = {key: kept.trace[key] for key in _TRACED if key in kept.trace}
        if kept.text is not None and kept.text == fresh["text"]:
            # What we had sent before was known when the mail was filed.
            fresh |= _texts(kept.text, kept.folds)
        decision = {
            **_no_decision(kept.state, kept.reason),
            "duplicate_of": kept.duplicate_of,
            **_table(stored.get("decision")),
        }
        return {
            **fresh,
            **stored,
            "ticket": kept.case_number or None,
            "decision": decision,
            "desk": kept.desk or fresh["desk"],
            "mail": kept.spool_id,
            "state": kept.state,
            "source": kept.source,
            "received_at": kept.received_at.isoformat(),
        }

    def _explain(self, content: bytes, envelope: Envelope, path: str) -> Plain:
        """Take a mail through every stage that needs nobody else."""
        mail = parse(content)
        kind = classify(mail, envelope, self._routes.is_ours, self._message_ids.is_ours)
        # The DNS is not asked: only what a trusted host wrote into the mail can be told.
        evidence = Evidence(mail, envelope, content, "", datetime.now(UTC))
        authenticity = vouched(evidence, trust_of(self._configuration.settings).house)
        desk = self._desk or self._routes.desk_for(envelope, mail)
        original = forwarded(mail, content) if kind.kind is Kind.PERSON else None
        others = others_of(mail, kind, None)
        replies = _FINDER.find(self._routes.answered_to(envelope, mail))
        ours = self._message_ids.recognise
        clues = find_clues(mail, ours, self._patterns_of(desk), others, replies)
        spam = marked_as_spam(mail, self._configuration.settings.spam.marks)
        if desk is None:
            found = folds(mail.text)
            language = detect(new_text(mail.text, found), self._languages())
            traced = of_mail(kind, authenticity, clues, spam) | _without_desk(mail, language)
            return _record(mail, path, traced, found, original)
        sender = identify(mail, authenticity, Known(), desk, self._routes.is_ours)
        choice = choose(clues, Known(), sender, desk, kind.kind)
        now = datetime.now(UTC)
        to = self._routes.written_to(desk, envelope, mail)
        case = Case(mail, kind, Known(), sender, choice, desk, now, written_to=to, spam=spam)
        agents = original if is_agents(desk, mail, authenticity) else None
        case = considered(hear(on_behalf(case, agents, self._routes.is_ours)))
        traced = trace(authenticity, clues, case, decide(case, now))
        found = case.folds if case.mail is mail else folds(mail.text)
        return _record(mail, path, {**traced, "desk": desk.name}, found, original)

    def _languages(self) -> tuple[str, ...]:
        """Give the languages of all desks."""
        desks = self._configuration.desks
        return tuple(dict.fromkeys(language for desk in desks for language in desk.languages))

    def _patterns_of(self, desk: Desk | None) -> list[CaseNumberPattern]:
        """Give what case numbers look like at a desk; at any, for a mail that is for none."""
        desks = self._configuration.desks if desk is None else (desk,)
        return [CaseNumberPattern.parse(one.case_number) for one in desks]


def explained_case(
    path: str, authenticity: Authenticity, clues: Clues, case: Case, decision: Decision
) -> Plain:
    """Explain a mail that was decided on just now, on all that is known of it."""
    traced = {**trace(authenticity, clues, case, decision), "desk": case.desk.name}
    ticket = case.choice.ticket
    record = _record(case.mail, path, traced, case.folds, None)
    return {**record, "ticket": ticket.number if ticket else None}


# It finds what looks like a reply address; nothing is verified without the key.
_FINDER = ReplyAddresses({}, "")

_TRACED = (
    "kind",
    "reasons",
    "answerable",
    "authenticity",
    "bounce",
    "clues",
    "spam",
    "commands",
    "admitted_by",
    "sender",
    "choice",
    "language",
    "language_why",
    "support",
    "rules",
    "missing",
    "decision",
)
_HTML_ENDINGS = frozenset({".html", ".htm"})
_SNIFFED = 4096
_BODY_HEAD = b"MIME-Version: 1.0\r\nContent-Type: text/%s\r\n\r\n"


def _record(
    mail: Mail,
    path: str,
    traced: Mapping[str, object],
    found: Sequence[Fold],
    original: Forwarded | None,
) -> Plain:
    author = mail.author or mail.claimed_author
    return {
        "path": path,
        "kind": traced["kind"],
        "reasons": traced["reasons"],
        "subject": mail.subject,
        "from": author.address if author else "",
        **_texts(mail.text, found),
        "html": display(mail.html),
        "language": traced["language"],
        "language_why": traced["language_why"],
        "attachments": [
            {"name": a.name, "type": a.media_type, "size": a.size} for a in mail.attachments
        ],
        "clues": traced["clues"],
        "sender": traced["sender"],
        "ticket": None,
        "decision": traced["decision"],
        "desk": traced["desk"],
        "answerable": traced["answerable"],
        "authenticity": traced["authenticity"],
        "choice": traced["choice"],
        "spam": traced["spam"],
        "commands": traced["commands"],
        "admitted_by": traced["admitted_by"],
        "support": traced["support"],
        "rules": traced["rules"],
        "missing": traced["missing"],
        "bounce": traced["bounce"],
        "forwarded": of_forwarded(original),
        "problem": mail.opaque,
    }


def _texts(text: str, found: Sequence[Fold]) -> Plain:
    return {
        "reply_text": new_text(text, found),
        "text": text,
        "folds": [plain_fold(fold) for fold in found],
    }


def _without_desk(mail: Mail, language: str) -> Plain:
    """Give what there is to say of a mail that is for no desk, to whom nobody is anybody."""
    address = mail.author.address if mail.author else ""
    name = mail.author.name if mail.author else ""
    return {
        "sender": of_sender(Sender(Role.STRANGER, address, name, authentic=False, why=_NO_DESK)),
        "commands": [],
        "admitted_by": "",
        "choice": of_choice(Choice(None, None)),
        "language": language,
        "language_why": "what the mail is written in, of all desks' languages" if language else "",
        "support": of_support(NOT_ENTITLED),
        **of_ruling(NO_RULING),
        "decision": _no_decision("failed", _NO_DESK),
        "desk": "",
    }


def _no_decision(outcome: str, reason: str) -> Plain:
    return {
        "outcome": outcome,
        "reason": reason,
        "duplicate_of": None,
        "events": [],
        "replies": [],
        "withheld": [],
        "others": [],
        "consequences": [],
    }


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _key(data: Path) -> bytes:
    """Give the key that our Message-IDs are made with; without it none of them is recognised."""
    try:
        return (data / "keys" / "message-id").read_bytes()
    except OSError:
        return os.urandom(32)
