"""What was written in the console, between the files: which is taken, and what is known of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.errors import Finding
from gateway.templates import Templates, Value, load, sandbox, trial
from gateway.templates.folder import Edited, Key, fault, of_path
from gateway.templates.sandbox import Compiled
from gateway.templates.values import samples

NAME = "customer/acknowledge"
DESK = Desk(
    name="desk",
    title="Support",
    addresses=("support@desk.example",),
    languages=("en",),
    case_number="CP-{n}{check}",
    status=(Status("Open", Phase.OPEN),),
    lifecycle=Lifecycle(start="Open", reopened="Open"),
)
TEXT = Key("", "en", NAME, "body.txt")
OWN = Key("desk", "en", NAME, "body.txt")
HTML = Key("", "en", NAME, "body.html")
LAYOUT = Key("", "", "", "layout.html")
_NARROW = (
    "<!doctype html><html><head><title>x</title></head><body><p>{{ content }}</p></body></html>"
)
_WIDE = _NARROW.replace("<p>", "<div>").replace("</p>", "</div>")
_BLOCK = "<div>block</div>"


class House:
    """The folders of the admin's files, of the shipped ones, and of what is kept."""

    def __init__(self, root: Path) -> None:
        """Ship one template."""
        self.admin, self.shipped, self.data = (root / n for n in ("admin", "shipped", "data"))
        for folder in (self.admin, self.data):
            folder.mkdir()
        for part in ("subject.txt", "body.txt"):
            self.write(self.shipped, Key("", "en", NAME, part), "shipped")

    def write(self, root: Path, key: Key, text: str) -> None:
        """Put a template into a folder."""
        (root / key.path).parent.mkdir(parents=True, exist_ok=True)
        (root / key.path).write_text(text)

    def load(self, *edited: Edited) -> tuple[Templates, tuple[Finding, ...]]:
        """Load the templates as a daemon does when it starts."""
        return load(self.admin, self.shipped, [DESK], self.data, edited=edited)

    def said(self, *edited: Edited) -> tuple[str, str]:
        """Give text and HTML of an acknowledgement."""
        found = self.load(*edited)[0].render("desk", "en", NAME, samples(NAME)[0])
        return found.body.strip(), "block" * ("block" in found.html)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Templates of three kinds."""
    return House(tmp_path)


def test_what_is_nearest_to_the_desk_is_taken(house: House) -> None:
    """Of one file what was written in the console; a desk's file before what is general."""
    general, own = Edited(TEXT, "written", 1, "ada"), Edited(OWN, "written for it", 2, "ada")
    assert "shipped" == house.said()[0]
    assert "written" == house.said(general)[0]
    house.write(house.admin, TEXT, "mine")
    assert ("mine", "written") == (house.said()[0], house.said(general)[0])
    house.write(house.admin, OWN, "mine for it")
    assert "mine for it" == house.said(general)[0]
    assert "written for it" == house.said(general, own)[0]
    broken = Edited(OWN, "{{ gone }}", 3, "ada")
    assert "mine for it" == house.said(general, broken)[0]
    of_nobody = Edited(Key("east", "en", NAME, "body.txt"), "written", 4, "ada")
    assert () == house.load(of_nobody)[0].edited


def test_html_goes_with_a_text_that_is_no_nearer(house: House) -> None:
    """A text that was written in the console goes out alone, until its HTML is written as well."""
    house.write(house.shipped, LAYOUT, _WIDE)
    house.write(house.shipped, HTML, _BLOCK)
    text, html = Edited(TEXT, "written", 1, "ada"), Edited(HTML, _BLOCK, 2, "ada")
    assert ("shipped", "block") == house.said()
    assert ("written", "") == house.said(text)
    assert ("written", "block") == house.said(text, html)
    assert ("shipped", "block") == house.said(html)


def test_what_is_known_to_be_sound_is_not_compiled_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version does not change; the next one is another."""
    house.load(Edited(TEXT, "written", 1, "ada"))
    compiled: list[str] = []

    def noting(source: str, path: str, values: Sequence[Mapping[str, Value]]) -> Compiled:
        compiled.append(path)
        return sandbox.compiled(source, path, values)

    monkeypatch.setattr("gateway.templates.trial.compiled", noting)
    trial.prepared.cache_clear()
    house.load(Edited(TEXT, "written", 1, "ada"))
    assert [] == compiled
    house.load(Edited(TEXT, "written anew", 2, "ada"))
    assert [f"{TEXT.path} (version 2, by ada)"] == compiled


def test_html_is_tried_again_once_its_layout_is_gone(house: House) -> None:
    """Whether the layout was a file or was written in the console."""
    house.write(house.shipped, LAYOUT, _NARROW)
    wide, html = Edited(LAYOUT, _WIDE, 1, "ada"), Edited(HTML, _BLOCK, 2, "ada")
    broken = Finding(f"{HTML.path} (version 2, by ada)", 1, "<div> cannot stand in <p>")
    assert broken not in house.load(wide, html)[1]
    assert broken in house.load(html)[1]
    house.write(house.admin, LAYOUT, _WIDE)
    assert broken not in house.load(html)[1]
    (house.admin / LAYOUT.path).unlink()
    assert broken in house.load(html)[1]


def test_texts_change_without_the_files_being_read(house: House) -> None:
    """What holds now is what was loaded, with other versions before it."""
    before = house.load(Edited(TEXT, "one", 1, "ada"))[0]
    house.write(house.admin, Key("", "en", NAME, "subject.txt"), "not yet")
    then = before.with_edited((Edited(TEXT, "two", 2, "ada"), Edited(OWN, "{{ gone }}", 3, "ada")))
    said = then.render("desk", "en", NAME, samples(NAME)[0])
    assert ("shipped", "two\n") == (said.subject, said.body)
    assert () == before.unsound()
    (finding,) = then.unsound()
    assert f"{OWN.path} (version 3, by ada)" == finding.path


@pytest.mark.parametrize("key", [TEXT, OWN, HTML, LAYOUT, Key("desk", "", "", "layout.html")])
def test_a_path_says_which_file(key: Key) -> None:
    """And the other way round."""
    assert key == of_path(key.path)
    assert "" == fault(key, ["desk"])


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "body.txt",
        "english/a/b/body.txt",
        "en/x/body.txt",
        "en/a/b/layout.html",
        "desks/x",
        "../en/a/b/body.txt",
    ],
)
def test_a_path_of_no_template(path: str) -> None:
    """There is no such file."""
    assert None is of_path(path)
