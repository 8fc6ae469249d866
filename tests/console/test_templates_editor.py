"""The editor of templates: what holds, what is wrong at which line, and what saving changes."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from gateway.editing import refreshed
from gateway.serving.bells import Bells
from lib.console import Visitor, visitor
from lib.workbench import Workbench, mail, workbench

HERE = {"desk": "north", "language": "en", "name": "customer/acknowledge"}
EDITOR = "/templates/edit?desk=north&language=en&name=customer/acknowledge"
SUBJECT, BODY = "We have it", "Hello {{ person.name }}, it is {{ ticket.number }}.\n"
HTML = "<p>Hello {{ person.name }}, it is <b>{{ ticket.number }}</b>.</p>\n"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with two desks."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house in which nobody saves anything."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        yield opened


@pytest.fixture
def reader(shared: Workbench) -> Visitor:
    """An admin in that house."""
    return visitor(shared)


@pytest.fixture
def admin(bench: Workbench) -> Visitor:
    """Somebody who may change templates; what they save holds at once, as in a daemon."""

    def edited() -> None:
        bench.house = refreshed(bench.house)

    return visitor(bench, bells=Bells(edited=edited))


def written(**texts: str) -> dict[str, str]:
    """Give a form of the editor as it is shown to somebody who is the first to write there."""
    texts = {"subject": SUBJECT, "body": BODY, "html": HTML, **texts}
    based_on = {f"based-{field}": "0" for field in texts}
    return {**HERE, **based_on, "do": "save", **texts}


def answered(bench: Workbench) -> str:
    """Give what a customer who writes in gets."""
    before = len(bench.rows("outbox"))
    bench.deliver(mail(subject=f"Case {before}", message_id=f"<{before}@klant.example>"))
    bench.work()
    return str(bench.to_customers()[-1]["content"], "utf-8")


def test_what_holds_is_shown_with_where_it_is_from(reader: Visitor) -> None:
    """Its texts in fields, an example beside them, and nothing that saving would change."""
    answer = reader.get(EDITOR)
    shown = unescape(answer.text)
    assert 200 == answer.status_code
    assert "Thank you for your mail. It has the case number {{ ticket.number }}." in shown
    assert "shipped, for all desks" in shown
    assert "Thank you for your mail. It has the case number AC-000018." in shown
    assert "Nothing: this is what holds." in shown
    assert "{{ person.name }}" in shown.partition("What it may say")[2]


def test_what_is_saved_holds(bench: Workbench, admin: Visitor) -> None:
    """The next customer reads it, as text and as HTML; the page says so after a 303."""
    answer = admin.post("/templates/edit", written(note="shorter"))
    shown = unescape(admin.follow(answer).text)
    assert "Saved as version 3, and in force on every node within seconds." in shown
    assert "version 2 by chief@north.example" in shown
    assert "for this desk alone" in shown
    mail_now = answered(bench)
    assert "it is NO-0001" in mail_now
    assert "<b>NO-0001" in mail_now
    kept = [(row["author"], row["note"]) for row in bench.rows("template_versions")]
    assert [("chief@north.example", "shorter")] * 3 == kept
    acts = [(row["actor"], row["action"], row["peer"]) for row in bench.rows("audit")]
    assert [("chief@north.example", "template.save", "192.0.2.7")] * 3 == acts


def test_what_is_wrong_is_said_at_its_line_and_nothing_is_saved(
    shared: Workbench, reader: Visitor
) -> None:
    """All of what somebody has written is still in the form."""
    form = written(body="Hello,\n\n{{ persn.name }}\n", html="<p>{% if person %}</p>", note="why")
    answer = reader.post("/templates/edit", form)
    shown = unescape(answer.text)
    assert 422 == answer.status_code
    assert 'data-part="body" data-line="3"' in answer.text
    assert 'there is no value "persn"; did you mean "person"?' in shown
    assert 'data-part="html" data-line="1"' in answer.text
    for kept in (SUBJECT, "Hello,\n\n{{ persn.name }}\n", "<p>{% if person %}</p>", 'value="why"'):
        assert kept in shown
    assert [] == shared.rows("template_versions")


def test_while_somebody_types_the_outcome_comes_by_itself(reader: Visitor) -> None:
    """With the mail, what differs, and a sign of whether the HTML is another."""
    answer = reader.post("/templates/live", written())
    shown = unescape(answer.text)
    assert "Hello Jan Jansen, it is AC-000018." in shown
    assert "<ins>" in shown
    assert 'data-verdict="Nothing is wrong; the preview is up to date."' in shown
    other = reader.post("/templates/live", written(html="<p>Other</p>")).text
    assert answer.text.partition("data-html=")[2][:66] != other.partition("data-html=")[2][:66]
    wrong = unescape(reader.post("/templates/live", written(subject="{{ nobody }}")).text)
    assert 'data-verdict="One thing is wrong."' in wrong
    assert 'there is no value "nobody"' in wrong


def test_html_is_for_a_frame_of_its_own(reader: Visitor) -> None:
    """In which its styles are applied, nothing runs, and no other page can show it."""
    answer = reader.post("/templates/frame", written(html='<p style="color:#123456">Hi</p>'))
    policy = answer.headers["content-security-policy"]
    assert 'color:#123456">Hi</p>' in answer.text
    assert policy.startswith("sandbox; default-src 'none';")
    assert "style-src 'unsafe-hashes' 'sha256-" in policy
    assert "frame-ancestors 'self'" in policy
    assert "Thank you" in reader.get(EDITOR.replace("/edit", "/frame")).text


def test_a_text_takes_its_html_along(bench: Workbench, admin: Visitor) -> None:
    """HTML that stands farther away than the text would not be sent any more."""
    shipped = admin.get(EDITOR).text.partition('<textarea id="html"')[2]
    html = unescape(shipped.partition(">\n")[2].partition("</textarea>")[0])
    admin.post("/templates/edit", written(html=html))
    assert "<b>NO-0001" in answered(bench)


def test_html_can_be_taken_out(bench: Workbench, admin: Visitor) -> None:
    """An empty field makes a mail of text alone, whatever there is in files."""
    admin.post("/templates/edit", written(html=" \n"))
    assert "text/html" not in answered(bench)
    assert "which is not sent: the text that is here stands nearer." in admin.get(EDITOR).text


def test_nobody_overwrites_what_they_have_not_seen(bench: Workbench, admin: Visitor) -> None:
    """Whoever comes second keeps what they wrote, sees the difference, and decides."""
    admin.post("/templates/edit", written(body="Theirs {{ ticket.number }}\n"))
    answer = admin.post("/templates/edit", written(body="Mine {{ ticket.number }}\n"))
    shown = unescape(answer.text)
    assert 409 == answer.status_code
    assert "Somebody else has saved this template since you opened it." in shown
    assert "<del>Theirs {{ ticket.number }}</del>" in shown
    assert "<ins>Mine {{ ticket.number }}</ins>" in shown
    newest = {f"based-{f}": str(n) for n, f in enumerate(("subject", "body", "html"), 1)}
    for name, value in newest.items():
        assert f'name="{name}" value="{value}"' in answer.text
    again = {**written(body="Mine {{ ticket.number }}\n"), **newest}
    assert 303 == admin.post("/templates/edit", again).status_code
    assert "Mine NO-0001" in answered(bench)


def test_a_general_text_is_for_desks_that_have_none_of_their_own(
    bench: Workbench, admin: Visitor
) -> None:
    """The preview shows it even where the desk that is looked at has another."""
    admin.post("/templates/edit", written(body="Of north {{ ticket.number }}\n"))
    general = {**written(body="For all {{ ticket.number }}\n"), "for": "all"}
    assert "For all AC-000018" in admin.post("/templates/live", general).text
    admin.post("/templates/edit", general)
    assert "Of north NO-0001" in answered(bench)
    bench.deliver(mail(to="help@south.example"), recipient="help@south.example")
    bench.work()
    assert "For all SO-0001" in str(bench.to_customers()[-1]["content"], "utf-8")


def test_a_template_is_begun_with_another_language(bench: Workbench, admin: Visitor) -> None:
    """And a new one with nothing; neither is there before it is saved."""
    copied = unescape(admin.get(EDITOR.replace("=en", "=nl") + "&copy=en").text)
    assert "Thank you for your mail." in copied.partition('<textarea id="body"')[2][:400]
    new = "/templates/edit?desk=north&name=faq/request-a-key"
    page = unescape(admin.get(new).text)
    assert "Without a subject and a text, both sound, no mail is sent from it." in page
    here = {"desk": "north", "language": "en", "name": "faq/request-a-key"}
    form = {**here, "do": "save", "subject": "How to request a key", "body": "Ask.\n", "html": ""}
    assert 303 == admin.post("/templates/edit", form).status_code
    assert "faq/request-a-key" in bench.house.canned["north"]


def test_a_layout_is_looked_at_around_a_mail(bench: Workbench, admin: Visitor) -> None:
    """And saved for all mails of the desk."""
    layout = (
        '<!doctype html>\n<html lang="{{ language }}"><body><i>Top</i>{{ content }}</body></html>'
    )
    form = {"desk": "north", "language": "en", "name": "layout", "layout": layout, "do": "save"}
    shown = admin.post("/templates/frame", {**form, "sample": "customer/resolved"}).text
    assert "<i>Top</i>" in shown
    assert 303 == admin.post("/templates/edit", form).status_code
    assert "<i>Top</i>" in answered(bench)
    broken = {**form, "layout": "<p>no place for it</p>", "based-layout": "1"}
    assert 422 == admin.post("/templates/edit", broken).status_code


def test_a_real_ticket_takes_the_place_of_the_example(bench: Workbench, admin: Visitor) -> None:
    """By its number, if it is one of the desk."""
    bench.deliver(mail(author="Piet <piet@klant.example>"))
    bench.work()
    (number,) = (row["number"] for row in bench.rows("tickets"))
    shown = admin.post("/templates/live", {**written(), "ticket": f"[{number}]"}).text
    assert f"it is {number}" in shown
    for nothing in ("NO-9999", "%", "'", "NO\0-0001"):
        none = unescape(admin.post("/templates/live", {**written(), "ticket": nothing}).text)
        assert f"There is no ticket {nothing.replace(chr(0), '')} on this desk." in none
    elsewhere = {**written(), "desk": "south", "ticket": number}
    assert "There is no ticket" in admin.post("/templates/live", elsewhere).text


def test_what_can_be_no_template_is_not_there(shared: Workbench, reader: Visitor) -> None:
    """Neither to look at nor to save."""
    changes = [
        {"desk": "nowhere"},
        {"language": "xx"},
        {"language": "../"},
        {"name": "customer"},
        {"name": "../../etc/passwd"},
        {"name": "customer/Acknowledge"},
        {"name": f"customer/{'a' * 200}"},
        {"name": ""},
    ]
    for changed in changes:
        query = "&".join(f"{name}={value}" for name, value in {**HERE, **changed}.items())
        for path in ("edit", "frame", "versions", "version"):
            assert 404 == reader.get(f"/templates/{path}?{query}").status_code
        assert 404 == reader.post("/templates/edit", {**written(), **changed}).status_code
    assert [] == shared.rows("template_versions")


def test_what_is_written_is_never_markup_of_the_page(reader: Visitor) -> None:
    """Neither the template's text nor what it comes to."""
    hostile = "</textarea></pre><script>alert(1)</script>"
    form = {**written(subject=hostile, body=f"{hostile}\n", note=f'">{hostile}'), "do": "preview"}
    answer = reader.post("/templates/edit", form)
    assert 200 == answer.status_code
    assert "<script>alert" not in answer.text
    assert hostile in unescape(answer.text)
    assert "<script>alert" not in reader.post("/templates/live", form).text


def test_a_supervisor_looks_and_an_agent_does_not(shared: Workbench) -> None:
    """What is previewed is not saved; and whoever may only look mails no try-outs."""
    supervisor = visitor(shared, "supervisor", "sue@north.example")
    shown = supervisor.get(EDITOR).text
    assert "readonly" in shown
    assert 'value="save"' not in shown
    assert 200 == supervisor.post("/templates/edit", written(do="preview")).status_code
    for what in ("save", "try", ""):
        assert 403 == supervisor.post("/templates/edit", written(do=what)).status_code
    agent = visitor(shared, "agent", "ada@north.example")
    assert 403 == agent.get(EDITOR).status_code
    assert [] == shared.rows("template_versions")
    assert [] == shared.rows("outbox")


def test_a_form_that_is_too_large_is_refused(reader: Visitor) -> None:
    """And a text of the largest size is judged within it."""
    most = "ä" * (32 * 1024 - 100)
    assert 200 == reader.post("/templates/live", written(body=most)).status_code
    assert reader.post("/templates/edit", written(body="x" * 700_000)).status_code in {400, 413}
