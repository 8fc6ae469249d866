"""HTML of mails: what may be written, where values may stand, and which text it goes with."""

import re
import time
from pathlib import Path

import pytest

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.errors import Misconfigured
from gateway.mail.html import to_text
from gateway.templates import Templates, Value, load, shipped_folder
from gateway.templates.hypertext import check_layout, compiled_html
from gateway.templates.sandbox import Written
from gateway.templates.trial import examine
from gateway.templates.values import samples
from gateway.templates.written import Reader

NAME = "customer/acknowledge"
VALUES = samples(NAME)[0]
LAYOUT = Written(
    "layout.html",
    "<html><head><style>p { margin: 0 } @media print { p { color: red } }</style></head>"
    "<body>{{ content }}</body></html>",
)
HOSTILE = '</p><script>alert(1)</script>" onmouseover="x\' <img src=//evil.example/>{{ 7 }}'


def desk(name: str = "desk", **more: object) -> Desk:
    """Give a desk that speaks English."""
    return Desk(
        name=name,
        title="Support",
        addresses=(f"support@{name}.example",),
        languages=("en",),
        case_number="CP-{n}{check}",
        status=(Status("Open", Phase.OPEN),),
        lifecycle=Lifecycle(start="Open", reopened="Open"),
        **more,  # type: ignore[arg-type]
    )


def html(source: str, **values: Value) -> str:
    """Compile a part in the layout, and render it."""
    one = compiled_html(Written("body.html", source), samples(NAME), LAYOUT)
    return one.render({**VALUES, **values}, Reader())


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("<p>a\n<script>x</script></p>", "2: <script> is not allowed: no program runs in a mail"),
        ('\n\n<img src="https://x.example/a.png">', "3: <img> is not allowed: pictures come"),
        ('<link rel="x" href="https://x.example/a.css">', "<link> is not allowed"),
        ("<iframe></iframe>", "<iframe> is not allowed"),
        ("<form></form>", "<form> is not allowed"),
        ('<p onclick="x">a</p>', '<p> cannot have "onclick" in a mail'),
        ('<p background="x">a</p>', '<p> cannot have "background" in a mail'),
        ('<a href="javascript:x">a</a>', "a link begins with https://"),
        ('<a href="//x.example">a</a>', "a link begins with https://"),
        ('<a href="data:text/html,x">a</a>', "a link begins with https://"),
        ('<a href="/{{ subject }}">a</a>', "a link begins with https://"),
        ('<a href="{{ subject }}:x">a</a>', "a link begins with https://"),
        ('<p style="background: url(https://x.example/)">a</p>', '"url(" is not allowed'),
        ("<style>\n@import 'x';</style>", '2: "@import" is not allowed'),
        ("<style>p { background: u\\72l(x) }</style>", "is not allowed in a style"),
        ("<p {{ subject }}>a</p>", "each attribute is written as"),
        ("<p class={{ subject }}>a</p>", "each attribute is written as"),
        ("<p class='a'>a</p>", "each attribute is written as"),
        ('<p style="{{ subject }}">a</p>', 'no value can stand in "style"'),
        ('<p class="{{ subject }}">a</p>', 'no value can stand in "class"'),
        ("<style>{{ subject }}</style>", "no value can stand in <style>"),
        ("<{{ subject }}>a</p>", "this is no tag"),
        ("<!-- {{ subject }} -->", "a comment is written as {# ... #}"),
        ("<p>1 < 2</p>", '"<" as text is written as &lt;'),
        ("<p>a", "<p> is not closed"),
        ("<p><b>a</p></b>", "</p> stands before </b>"),
        ("a</p>", "</p> closes nothing that is open"),
        ("<p><ul><li>a</li></ul></p>", "<ul> cannot stand in <p>"),
        ("<table>{{ subject }}</table>", "no text can stand directly in <table>"),
        ("<td>a</td>", "<td> stands in <tr>"),
        ("<body>a</body>", "<body> stands in the layout"),
        ("{% if subject %}<p>{% endif %}a</p>", "what a branch opens it has to close"),
        ("<p>{% for f in files %}</p>{% endfor %}", "what a branch opens it has to close"),
        ('<p {% if subject %}class="a"{% endif %}>a</p>', "stand between tags, not in one"),
        ("<p>{{ subjct }}</p>", 'there is no value "subjct"; did you mean "subject"?'),
        ("<p>{{ text | lines | upper }}</p>", 'the filter "lines" comes last'),
        ("<p>{{ text | safe }}</p>", 'there is no filter "safe"'),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", "{% autoescape %} is not"),
        ("<html><head></head></html>", "a whole document has one <body>"),
        ("<p>a</p" + "<b>" * 20_000, "this is no tag"),
        ("<b>" * 20_000, "nested too deeply"),
        ("<" * 60_000, "a tag has no end"),
        ("<style>" * 8000, "<style>"),
    ],
)  # fmt: skip
def test_what_must_not_be_in_a_mail_is_refused_when_it_is_loaded(
    source: str, sentence: str
) -> None:
    """With its line, without a traceback, and soon."""
    start = time.process_time()
    with pytest.raises(Misconfigured) as refused:
        html(source)
    assert sentence in str(refused.value)
    assert time.process_time() - start < 2


def test_nothing_that_somebody_wrote_becomes_markup() -> None:
    """Neither in a text, nor in an attribute, nor in a link."""
    source = (
        '<p title="{{ subject }}" lang="{{ text | lines }}">{{ subject }}{{ text | lines }}</p>'
        '<a href="{{ text }}">a</a><a href="https://x.example/?q={{ subject }}&amp;b={{ text }}">'
        "{{ person.name }}</a>"
    )
    plain = html(source, subject="a", text="a", person={"name": "a"})
    said = html(source, subject=HOSTILE, text=HOSTILE, person={"name": HOSTILE})
    tags = re.compile(r"<[^>]*?(?=\s|>|=)")
    assert tags.findall(plain) == [t for t in tags.findall(said) if not t.startswith("<br")]
    assert "<script" not in said
    assert "<img" not in said
    assert ' onmouseover="' not in said
    assert "{{ 7 }}" in said


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://x.example/a?b=1&c=2", 'href="https://x.example/a?b=1&amp;c=2"'),
        ("mailto:jan@klant.example", 'href="mailto:jan@klant.example"'),
        ("javascript:alert(1)", 'href=""'),
        ("JavaScript:alert(1)", 'href=""'),
        (" javascript:alert(1)", 'href=""'),
        ("java\nscript:alert(1)", 'href=""'),
        ("https://x.example/ onclick=x", 'href=""'),
        ("data:text/html,x", 'href=""'),
        ("//x.example", 'href=""'),
        ("", 'href=""'),
    ],
)
def test_a_link_leads_to_a_page_or_a_mail_or_nowhere(link: str, expected: str) -> None:
    """Whatever the value is that it is made of."""
    assert expected in html('<a href="{{ text }}">a</a>', text=link)


def test_lines_and_links_of_a_text_stay_what_they_are() -> None:
    """The lines of an agent's answer are lines in HTML, too."""
    text = 'Hello <Jan>,\n  see (https://x.example/a?b=1&c="2").\n'
    assert (
        "<p>Hello &lt;Jan&gt;,<br>\n\u00a0 see "
        '(<a href="https://x.example/a?b=1&amp;c=">https://x.example/a?b=1&amp;c=</a>'
        "&#34;2&#34;).<br>\n</p>"
    ) in html("<p>{{ text | lines }}</p>", text=text).replace(' style="margin:0"', "")


def test_styles_are_put_on_the_elements_and_what_hangs_on_the_screen_stays() -> None:
    """Many programs read no <style>; branches, loops and links keep their places."""
    said = html(
        "{% if subject %}<p>{{ subject }}</p>{% else %}<p>none</p>{% endif %}"
        '<table>{% for f in files %}<tr><td><a href="{{ f.url }}">{{ f.name }}</a></td></tr>'
        "{% endfor %}</table>",
        files=({"name": "a", "size": "1", "url": "https://x.example/a"},) * 2,
    )
    assert '<p style="margin:0">Rapport opent niet</p>' in said
    assert "none" not in said
    assert 2 == said.count('<tr><td><a href="https://x.example/a">a</a></td></tr>')
    assert "@media print" in said
    assert "p { margin: 0 }" not in said


@pytest.mark.parametrize(
    ("layout", "sentence"),
    [
        ("<html><body></body></html>", "says {{ content }} once"),
        ("<html><body>{{ content }}{{ content }}</body></html>", "says {{ content }} once"),
        ("<html><body>{% if desk %}{{ content }}{% endif %}</body></html>", "{{ content }} once"),
        ("<html><body>{{ content }}{{ text }}</body></html>", 'there is no value "text"'),
        ("<p>{{ content }}</p>", "a whole document has one <body>"),
    ],
)
def test_a_layout_says_where_the_content_goes_and_little_else(layout: str, sentence: str) -> None:
    """It is the same for all mails."""
    with pytest.raises(Misconfigured) as refused:
        check_layout(Written("layout.html", layout), samples(NAME))
    assert sentence in str(refused.value)


def test_a_whole_document_goes_into_no_layout() -> None:
    """An admin who writes all of it gets what they wrote."""
    said = html("<!doctype html><html><body><p>{{ subject }}</p></body></html>")
    assert "<p>Rapport opent niet</p>" in said


def test_a_text_can_be_examined_before_it_is_saved() -> None:
    """What a console asks: would this be a sound template."""
    assert () == examine("Hello {{ person.name }}", NAME, "body.txt", "nl")
    assert () == examine("<p>{{ subject }}</p>", NAME, "body.html", "nl", LAYOUT.source)
    (finding,) = examine("a\n  {{ persn.name }}", NAME, "body.txt", "nl")
    assert (2, 6, 'there is no value "persn"; did you mean "person"?') == (
        finding.line, finding.column, finding.message
    )  # fmt: skip
    (finding,) = examine("{{ subject }} " * 20, NAME, "subject.txt", "nl")
    assert "comes out 379 characters long; a subject has 200" == finding.message


def write(root: Path, path: str, text: str) -> None:
    """Put a template into a folder."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    """Give an admin's folder and a shipped one with a general template."""
    admin, shipped = tmp_path / "admin", tmp_path / "shipped"
    write(shipped, "layout.html", LAYOUT.source)
    write(shipped, f"en/{NAME}/subject.txt", "s")
    write(shipped, f"en/{NAME}/body.txt", "shipped")
    write(shipped, f"en/{NAME}/body.html", "<p>shipped</p>")
    return admin, shipped


def rendered(roots: tuple[Path, Path], language: str = "en") -> tuple[str, str]:
    """Give the text, and what the HTML says."""
    templates: Templates = load(*roots, [desk()])[0]
    text = templates.render("desk", language, NAME, VALUES)
    return text.body.strip(), to_text(text.html).strip() if text.html else ""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ("shipped", "shipped")),
        ({"en/{}/body.txt": "mine"}, ("mine", "")),
        ({"en/{}/body.html": "<p>mine</p>"}, ("shipped", "mine")),
        ({"en/{}/body.txt": "mine", "en/{}/body.html": "<p>mine</p>"}, ("mine", "mine")),
        ({"en/{}/subject.txt": "mine"}, ("shipped", "shipped")),
        ({"desks/desk/en/{}/body.txt": "own", "en/{}/body.html": "<p>mine</p>"}, ("own", "")),
        # The nearer text is broken: what stands beside it says something else than what is sent.
        ({"en/{}/body.txt": "{{ x", "en/{}/body.html": "<p>mine</p>"}, ("shipped", "shipped")),
        ({"en/{}/body.html": "<p>{{ x }}</p>"}, ("shipped", "shipped")),
        ({"en/{}/body.txt": "mine", "en/{}/body.html": "<p>"}, ("mine", "")),
        ({"nl/{}/body.html": "<p>nl</p>"}, ("shipped", "shipped")),
    ],
)
def test_html_goes_with_the_text_that_it_says_again(
    roots: tuple[Path, Path], files: dict[str, str], expected: tuple[str, str]
) -> None:
    """A nearer text without HTML goes alone: the general HTML would say something else."""
    for path, text in files.items():
        write(roots[0], path.format(NAME), text)
    assert expected == rendered(roots)


def test_html_of_another_language_is_never_taken(roots: tuple[Path, Path]) -> None:
    """A Dutch text goes alone where only English HTML is there."""
    write(roots[0], f"nl/{NAME}/body.txt", "nl")
    assert ("nl", "") == rendered(roots, "nl")


def test_a_desk_has_a_layout_of_its_own(roots: tuple[Path, Path]) -> None:
    """A broken one gives way to the general one, with a finding."""
    own = "<html><body><h1>Own</h1>{{ content }}</body></html>"
    write(roots[0], "desks/desk/layout.html", own)
    assert "Own" in rendered(roots)[1]
    write(roots[0], "desks/desk/layout.html", "<html>{{ content }}</html>")
    _, findings = load(*roots, [desk()])
    assert "layout.html" in str(findings[0])
    assert ("shipped", "shipped") == rendered(roots)


@pytest.fixture(scope="module")
def ours() -> Templates:
    """Give the shipped templates."""
    return load(shipped_folder(), shipped_folder(), [])[0]


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
@pytest.mark.parametrize("event", ["acknowledge", "answer", "reminder", "resolved", "closed"])
def test_the_shipped_html_says_what_the_text_says(
    ours: Templates, language: str, event: str
) -> None:
    """In few bytes, and nothing of it is fetched from elsewhere."""
    for values in samples(f"customer/{event}"):
        text = ours.render("desk", language, f"customer/{event}", values)
        words = set(re.findall(r"\w+", text.body))
        said = re.sub(r'href="([^"]*)"', r" \1 ", text.html)
        assert words <= set(re.findall(r"\w+", said)), words - set(re.findall(r"\w+", said))
        assert len(text.html) < 4096
        assert "src=" not in text.html
        assert "url(" not in text.html
