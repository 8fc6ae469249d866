"""A file of the knowledge base is read strictly, and its Markdown becomes plain text."""

from pathlib import Path

import pytest

from gateway.desk.article import Page
from gateway.desk.article_file import read_article
from gateway.desk.markdown import plain_text
from gateway.errors import Misconfigured

HEAD = "---\ntitle: A\nlanguage: en\n"
WRONG = {
    "": "1: has no front matter: the first line must be",
    "# Heading\n": "1: has no front matter: the first line must be",
    "---\ntitle: A\n": "1: the front matter has no end",
    "---\n---\nText": '1: there is no "title"|1: there is no "language"',
    "---\n- a\n---\nText": '2: the front matter must be lines such as "title: How to print"',
    f"{HEAD}titel: B\n---\nText": '4: "titel" is not known here; did you mean "title"?',
    f"{HEAD}title: B\n---\nText": '4: "title" stands there twice',
    f"{HEAD}url: javascript:alert(1)\n---\nText": '4: "url" must be an address that begins with',
    f"{HEAD}url: https://me@x.example/\n---\nText": '4: "url" must be an address that begins with',
    f"{HEAD}url: https:///x\n---\nText": '4: "url" must be an address that begins with',
    f"{HEAD}url: https://x.example/ä b\n---\nText": '4: "url" must be an address that begins with',
    f"{HEAD}tags: [[a]]\n---\nText": "4: has a list or a table within another",
    f"{HEAD}tags: &a [x]\nproduct: *a\n---\nText": "4: has an anchor or an alias",
    f"{HEAD}product: !!python/object:os.system x\n---\nText": "4: has a tag",
    f"{HEAD}product: [a, b]\n---\nText": '4: "product" must be one text',
    f"{HEAD}tags: {{a: b}}\n---\nText": '4: "tags" must be a text or a list of texts',
    f"{HEAD}tags: [{','.join(map(str, range(31)))}]\n---\nText": '4: "tags" has more than 30 tags',
    f'{HEAD}product: "a\\u202eb"\n---\nText': '4: "product" has a character that cannot be seen',
    f"{HEAD}product: 'a\n---\nText": "4: is not well-formed YAML: found unexpected end of stream",
    f"{HEAD}product: \x07\n---\nText": "1: is not well-formed YAML: there is a character",
    f"{HEAD}---\n\n<!-- nothing -->\n": "5: has no text below its front matter",
    "---\ntitle: A\nlanguage: English\n---\nText": '3: "language" must be two lower-case letters',
    f"---\ntitle: {'A' * 201}\nlanguage: en\n---\nText": '2: "title" is longer than 200 characters',
    "---\n" + "a: b\n" * 4000 + "---\nText": "1: the front matter is larger than 16384 characters",
    f"{HEAD}---\n{'x' * 300_000}": "0: is larger than 262144 bytes",
}


@pytest.mark.parametrize(("text", "message"), WRONG.items())
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    """Nothing of the YAML is built that is more than texts and lists."""
    file = tmp_path / "a.md"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Misconfigured) as refused:
        read_article(file, "a.md")

    found = [f"{one.line}: {one.message}" for one in refused.value.findings]
    expected = message.split("|")
    assert len(expected) == len(found), found
    for one, said in zip(expected, found, strict=True):
        assert said.startswith(one)


def test_values_are_texts_as_they_are_written(tmp_path: Path) -> None:
    """A language called `no`, a title that is a number, tags in one text; bytes of Windows."""
    file = tmp_path / "a.md"
    file.write_text(
        "\ufeff---\r\ntitle: 404\r\nlanguage: no\r\ntags: yes, 1.0,, yes\r\nurl:\r\n"
        "---\r\nText.\r\n",
        encoding="utf-8",
    )

    assert Page("x/a.md", "404", "no", "Text.", tags=("yes", "1.0")) == read_article(file, "x/a.md")


MARKDOWN = {
    "# One\n\nTwo\n===\n\n\n\nThree ##": "One\n\nTwo\n\nThree ##",
    "Say **this** or *that*, __both__ or ***all***": "Say this or that, both or all",
    "snake_case_name 2 * 3 * 4 a*b*c": "snake_case_name 2 * 3 * 4 a*b*c",
    "[here](https://x.example/a) and [there](other.md)": "here (https://x.example/a) and there",
    "<https://x.example/> ![A picture](a.png)": "https://x.example/ A picture",
    "`code` and <b>bold</b><!-- not --> \\*star\\*": "code and bold *star*",
    "```sh\n# *kept* <b>\n```\nafter": "    # *kept* <b>\nafter",
    "a\x00b\x1b[31mc": "ab[31mc",
    "> quoted\n\n---\n\n- one\n- two": "quoted\n\n- one\n- two",
    "[1]: https://x.example/\na<!-- <!--\n-->b <!-- c": "ab <!-- c",
}


@pytest.mark.parametrize(("markdown", "text"), MARKDOWN.items())
def test_markdown_is_read_without_its_marks(markdown: str, text: str) -> None:
    """As a plain mail shows it."""
    assert text == plain_text(markdown)
