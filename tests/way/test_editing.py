"""Templates that are written in the console: checked, saved, and in force."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway import editing
from gateway.config.load import load
from gateway.editing import By, Edit
from gateway.errors import Finding, Misconfigured, Transient
from gateway.house import House, open_house, renewed
from gateway.store import schema, template_versions
from gateway.store.conflict import Conflict
from gateway.templates import Templates, proposal
from gateway.templates.folder import Key
from gateway.templates.proposal import Texts
from gateway.templates.values import samples
from lib.workbench import START, Workbench, mail, workbench

NAME = "customer/acknowledge"
SUBJECT = Key("", "en", NAME, "subject.txt")
TEXT = Key("", "en", NAME, "body.txt")
HTML = Key("", "en", NAME, "body.html")
LAYOUT = Key("", "", "", "layout.html")
ADA = "ada@north.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which nothing is written."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        yield opened.house


def save(bench: Workbench, key: Key, text: str | None, based_on: int = 0) -> int:
    """Save a version, and put it in force in this house."""
    saved = editing.save(bench.house, key, text, ADA, "why", START, based_on, "192.0.2.1")
    bench.house = editing.refreshed(bench.house)
    return saved


def said(house: House, desk: str = "north") -> tuple[str, str, str]:
    """Give what an acknowledgement comes to: subject, text and HTML."""
    found = house.templates.render(desk, "en", NAME, samples(NAME)[0])
    return found.subject, found.body, found.html


def test_what_is_saved_is_said_until_the_file_is_back(bench: Workbench) -> None:
    """Each part by itself; the way back is a version as well."""
    before = said(bench.house)
    first = save(bench, SUBJECT, "Got it: {{ subject }}\r\n")
    assert ("Got it: Rapport opent niet", *before[1:]) == said(bench.house)
    with bench.house.database.reading() as connection:
        (version,) = template_versions.newest(connection)
    assert ("Got it: {{ subject }}\n", "why", ADA) == (version.text, version.note, version.author)
    assert not editing.changed_beneath(bench.house.templates, version)
    second = save(bench, SUBJECT, None, first)
    assert before == said(bench.house)
    assert second > first


def test_what_is_broken_is_not_saved(bench: Workbench) -> None:
    """It says what is wrong and where, as the loading of a file would."""
    text = "Hello\n{{ persn.name }}\n"
    expected = Finding(TEXT.path, 2, 'there is no value "persn"; did you mean "person"?', column=4)
    assert (expected,) == editing.check(bench.house, {TEXT: text})
    with pytest.raises(Misconfigured) as refused:
        save(bench, TEXT, text)
    assert (expected,) == refused.value.findings
    with bench.house.database.reading() as connection:
        assert 0 == template_versions.last_id(connection)
        assert [] == connection.execute(select(schema.audit)).all()


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        (TEXT, "", "comes out empty"),
        (TEXT, "{% if subject == 'x' %}x{% endif %}", "comes out empty"),
        (TEXT, "a\x00b", "has a control character in it"),
        (TEXT, "{{ ticket.number }}" + "x" * 65536, "is larger than 65536 bytes"),
        (SUBJECT, "{{ subject }} " * 20, "characters long; a subject has 200"),
        (HTML, "<p>{{ subject }}</p><script>1</script>", "no program runs in a mail"),
        (LAYOUT, "<!doctype html><html><body><p>x</p></body></html>", "says {{ content }} once"),
        (Key("east", "en", NAME, "body.txt"), "x", 'there is no desk "east"'),
        (Key("", "en", "../acknowledge", "body.txt"), "x", "is no template"),
        (Key("", "en", NAME, "../../body.txt"), "x", "is no template"),
        (Key("", "en", "a/" + "b" * 200, "body.txt"), "x", "is no template"),
    ],
)
def test_what_cannot_be_a_template(house: House, key: Key, text: str, message: str) -> None:
    """There is a finding, and its path is that of the file."""
    (finding,) = editing.check(house, {key: text})
    assert key.path == finding.path
    assert message in finding.message


@pytest.mark.thorough
def test_a_layout_is_tried_with_all_that_goes_into_it(bench: Workbench) -> None:
    """And what is written for one goes into no other that would break it."""
    layout = next(iter(bench.house.templates.found[LAYOUT])).written.source
    assert () == editing.check(bench.house, {LAYOUT: layout})
    saved = save(bench, LAYOUT, layout.replace("<body", '<body id="one"', 1))
    assert 'id="one"' in said(bench.house)[2]
    own = Key("north", "", "", "layout.html")
    save(bench, own, layout.replace("<body", '<body id="two"', 1))
    assert 'id="two"' in said(bench.house)[2]
    assert 'id="one"' in said(bench.house, "south")[2]
    save(bench, LAYOUT, None, saved)
    assert 'id="one"' not in said(bench.house, "south")[2]
    assert 'id="two"' in said(bench.house)[2]


def test_a_layout_that_breaks_others_is_refused(bench: Workbench) -> None:
    """What is wrong is said of them; what goes into another layout is left alone."""
    layout = "<!doctype html><html><head><title>x</title></head><body>{}</body></html>"
    narrow = layout.format("<p>{{ content }}</p>")
    found = editing.check(bench.house, {LAYOUT: narrow})
    assert Finding(HTML.path, 1, "<p> cannot stand in <p>") in found
    own = Key("north", "", "", "layout.html")
    assert set(found) == set(editing.check(bench.house, {own: narrow}))
    save(bench, own, layout.format("<h1>{{ content }}</h1>"))
    assert set(found) == set(editing.check(bench.house, {LAYOUT: narrow}))


def test_a_body_of_html_is_tried_in_the_layouts_of_all_desks(bench: Workbench) -> None:
    """One that a desk does without already may be changed for all others."""
    folder = bench.house.settings.templates
    file = folder / "desks" / "north" / "layout.html"
    file.parent.mkdir(parents=True)
    layout = "<!doctype html><html><head><title>x</title></head><body>{}</body></html>"
    file.write_text(layout.format("<p>{{ content }}</p>"))
    bench.house = renewed(bench.house, load(folder.parent / "casepost.toml"))
    block, inline = "<div>{{ ticket.number }}</div>", "<b>{{ ticket.number }}</b>"
    assert () == editing.check(bench.house, {HTML: block})
    save(bench, HTML, inline)
    expected = Finding(HTML.path, 1, "<div> cannot stand in <p>")
    assert (expected,) == editing.check(bench.house, {HTML: block})
    assert () == editing.check(bench.house, {Key("south", "en", NAME, "body.html"): block})


def test_parts_of_a_mail_are_saved_together(bench: Workbench) -> None:
    """A text that is newer than the HTML beside it goes out alone; nothing is saved by halves."""
    text, html = "New text of {{ ticket.number }}\n", "<p>New HTML of {{ ticket.number }}</p>"
    assert "" == _html(bench, {TEXT: text})
    assert "New HTML" in _html(bench, {TEXT: text, HTML: html})
    by = By(ADA, START, "both")
    with pytest.raises(Misconfigured):
        editing.save_all(bench.house, (Edit(TEXT, text), Edit(HTML, "<p>{{ no }}</p>")), by)
    with pytest.raises(Conflict):
        editing.save_all(bench.house, (Edit(TEXT, text), Edit(HTML, html, 7)), by)
    assert editing.refreshed(bench.house) is bench.house
    editing.save_all(bench.house, (Edit(TEXT, text), Edit(HTML, html)), by)
    bench.house = editing.refreshed(bench.house)
    assert "New text" in said(bench.house)[1]
    assert "New HTML" in said(bench.house)[2]


def _html(bench: Workbench, texts: dict[Key, str | None]) -> str:
    """Give the HTML of an acknowledgement as it would be with texts that are not saved."""
    templates = editing.templates_with(bench.house, texts)
    return templates.render("north", "en", NAME, samples(NAME)[0]).html


def test_what_is_tried_changes_nothing(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    """A text that is not saved is seen by who tries it, and raises no alarm where it is broken."""
    before = said(bench.house)
    tried = editing.templates_with(bench.house, {SUBJECT: "Tried: {{ subject }}"})
    assert (
        "Tried: Rapport opent niet" == tried.render("north", "en", NAME, samples(NAME)[0]).subject
    )
    broken = editing.templates_with(bench.house, {SUBJECT: "{{ no }}"})
    assert before[0] == broken.render("north", "en", NAME, samples(NAME)[0]).subject
    assert before == said(bench.house)
    assert [] == caplog.records


def test_a_desk_has_its_own_and_a_new_language(bench: Workbench) -> None:
    """A file need not be there to be written; a template that is new can be sent."""
    save(bench, Key("north", "en", NAME, "subject.txt"), "North: {{ subject }}")
    assert "North: Rapport opent niet" == said(bench.house)[0]
    assert "North" not in said(bench.house, "south")[0]
    name = "faq/printers"
    assert name not in bench.house.canned["north"]
    for part, text in (("subject.txt", "Tulostimet"), ("body.txt", "Hei, {{ person.name }}")):
        save(bench, Key("north", "fi", name, part), text)
    assert name in bench.house.canned["north"]
    assert name not in bench.house.canned["south"]
    assert ("fi",) == bench.house.templates.languages("north", name)


def test_what_a_desk_needs_is_not_taken_from_it(bench: Workbench) -> None:
    """But a part that nobody asks for can go; new files of the desk may lean on what is here."""
    path = bench.house.settings.templates.parent / "casepost.toml"
    desk = path.parent / "desks" / "north.toml"
    keys = [Key("north", "en", "faq/ink", part) for part in ("subject.txt", "body.txt")]
    by = By(ADA, START)
    (_, text) = editing.save_all(bench.house, [Edit(key, "{{ subject }}") for key in keys], by)
    desk.write_text(f'{desk.read_text()}[[rule]]\nname = "ink"\nwhen = "true"\nreply = "faq/ink"\n')
    bench.house = renewed(bench.house, load(path))
    (finding,) = editing.check(bench.house, {keys[1]: None})
    assert finding.path == str(desk)
    assert 'the desk speaks "en", but has no template en/faq/ink' == finding.message
    with pytest.raises(Misconfigured):
        save(bench, keys[1], None, text)
    assert () == editing.check(bench.house, {Key("south", "en", "faq/ink", "body.txt"): None})


def test_saving_twice_is_saving_once(bench: Workbench) -> None:
    """Who sends the form again gets the same version; who has seen an older one, a conflict."""
    first = save(bench, SUBJECT, "One {{ subject }}")
    assert first == save(bench, SUBJECT, "One {{ subject }}")
    with pytest.raises(Conflict):
        save(bench, SUBJECT, "Two {{ subject }}")
    assert 0 == save(bench, TEXT, None)
    with bench.house.database.reading() as connection:
        acts = connection.execute(select(schema.audit)).all()
    assert [
        (ADA, "template.save", "en/customer/acknowledge/subject.txt", f"version {first}: why")
    ] == [(act.actor, act.action, act.about, act.detail) for act in acts]
    assert "192.0.2.1" == acts[0].peer


def test_what_others_save_meanwhile_is_checked_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would hold is judged on what holds when it is saved, and not on what did before."""
    judged: list[int] = []

    def findings(templates: Templates, texts: Texts) -> tuple[Finding, ...]:
        judged.append(len(templates.edited))
        if len(judged) == 1:
            with bench.house.database.writing() as connection:
                template_versions.save(connection, TEXT, "x {{ subject }}", ADA, "", START, 0)
        return proposal.findings(templates, texts)

    monkeypatch.setattr(editing, "findings", findings)
    save(bench, SUBJECT, "One {{ subject }}")
    assert [0, 1] == judged
    assert 2 == len(bench.house.templates.edited)


def test_who_never_gets_their_turn_is_told(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is saved, and trying again may help."""
    counted = count()
    monkeypatch.setattr(template_versions, "last_id", lambda _: next(counted))
    with pytest.raises(Transient):
        save(bench, SUBJECT, "One {{ subject }}")


def test_a_file_that_changes_under_a_version_is_seen(bench: Workbench) -> None:
    """The version holds; whoever looks is told that it was written for another text."""
    folder = bench.house.settings.templates
    file = folder / SUBJECT.path
    save(bench, SUBJECT, "Mine: {{ subject }}")
    file.parent.mkdir(parents=True)
    file.write_text("File: {{ subject }}")
    house = renewed(bench.house, load(folder.parent / "casepost.toml"))
    assert "Mine: Rapport opent niet" == said(house)[0]
    with house.database.reading() as connection:
        (version,) = template_versions.newest(connection)
    assert editing.changed_beneath(house.templates, version)
    file.write_text("File: {{ no }}")
    house = open_house(load(folder.parent / "casepost.toml"))
    (finding,) = editing.check(house, {SUBJECT: None})
    assert str(file) == finding.path
    house.database.close()


def test_what_a_newer_program_does_not_take_gives_way_to_the_file(bench: Workbench) -> None:
    """Neither a start nor new files stop at it; what is wrong with it is said."""
    before = said(bench.house)
    with bench.house.database.writing() as connection:
        saved = template_versions.save(connection, SUBJECT, "{{ gone }}", ADA, "", START, 0)
    path = bench.house.settings.templates.parent / "casepost.toml"
    house = open_house(load(path))
    assert before == said(house)
    (finding,) = house.templates.unsound()
    assert f"{SUBJECT.path} (version {saved}, by {ADA})" == finding.path
    again = renewed(house, load(path))
    assert before == said(again)
    assert () == editing.check(again, {SUBJECT: "Mended: {{ subject }}"})
    house.database.close()


def test_a_mail_is_answered_by_what_is_saved(bench: Workbench) -> None:
    """The next acknowledgement says it; the one after the way back says what the file does."""
    saved = 0
    for author, text in (("jan", None), ("piet", "We have it: {{ subject }}"), ("els", None)):
        saved = save(bench, SUBJECT, text, saved)
        address = f"{author}@klant.example"
        bench.deliver(mail(author=address, subject=f"From {author}"), sender=address)
        bench.work()
    told = [bytes(row["content"]) for row in bench.to_customers()]
    assert [False, True, False] == [b"We have it" in content for content in told]
