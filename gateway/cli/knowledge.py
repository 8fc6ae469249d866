"""`casepost kb`: the knowledge base, whose articles are suggested to customers."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.article_files import read_articles
from gateway.cli.labelled import Above, Hits, above, answer, hits, read_questions
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.refusal import refuse
from gateway.cli.screen import on_one_line, plain, print_json, screen
from gateway.cli.writing import writing
from gateway.config.load import load, load_settings
from gateway.config.policy import Knowledge
from gateway.desk.known import Suggestion
from gateway.errors import Misconfigured, Misused
from gateway.store import knowledge as knowledge_store
from gateway.store.knowledge import Brought

kb = typer.Typer(name="kb", add_completion=False, help="Articles that are suggested to customers.")

_MOST_FOUND = 50
_THRESHOLD = Knowledge().threshold


@kb.command("import")
def import_articles(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Markdown files.")],
    config: ConfigOption,
    *,
    name: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="What the folder is known by; else its path."),
    ] = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep articles whose files are gone.")
    ] = False,
    withdraw_all: Annotated[
        bool, typer.Option("--withdraw-all", help="Read nothing; withdraw what came from DIR.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Enter the articles of a folder, or bring them up to date; all of them, or none.

    Each Markdown file begins with front matter: title, language, and if wanted product, tags, url.
    A file is its article, whatever its title. Articles whose files are gone are withdrawn. Each
    finding is a line FILE:LINE: message; exit code 1 if there is any.

    Example: casepost kb import articles/
    """
    settings = load_settings(config)
    source = name or str(folder.resolve())
    if not source.isprintable():
        raise Misused("the folder needs a name of characters that can be seen: --as NAME")
    try:
        pages = () if withdraw_all else read_articles(folder)
    except Misconfigured as refused:
        refuse(refused.findings, asdict(Brought()), as_json=as_json)
        raise typer.Exit(1) from None
    with writing(settings) as connection:
        brought = knowledge_store.put(connection, source, pages, withdraw=withdraw_all or not keep)
    _say(brought, as_json=as_json)


def _say(brought: Brought, *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(brought), "findings": []})
        return
    for path in brought.withdrawn:
        sys.stdout.write(plain(f"withdrawn: {path}") + "\n")
    counted = f"{brought.new} new, {brought.changed} changed, {brought.unchanged} unchanged"
    typer.echo(f"{counted}, {len(brought.withdrawn)} withdrawn")


@kb.command("list")
def list_articles(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List all articles, with how often customers followed their links.

    Example: casepost kb list
    """
    with reading(load_settings(config)) as connection:
        found = knowledge_store.listed(connection)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    table = Table("id", "language", "title", "path", "product", "clicks", box=None)
    for one in found:
        cells = (one.id, one.language, one.title, one.path, one.product, one.clicks)
        table.add_row(*(on_one_line(cell) for cell in cells))
    screen().print(table)


@kb.command("search")
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS")],
    config: ConfigOption,
    *,
    language: Annotated[
        str, typer.Option("--language", metavar="LL", help="Only in this language.")
    ] = "",
    product: Annotated[
        str, typer.Option("--product", metavar="NAME", help="Others' articles count half.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=_MOST_FOUND)] = 10,
    as_json: JsonOption = False,
) -> None:
    """Show which articles fit some words, with the scores that desks' thresholds are about.

    Example: casepost kb search the report stays white --language en
    """
    configuration = load(config)
    spoken = dict.fromkeys(one for desk in configuration.desks for one in desk.languages)
    with reading(configuration.settings) as connection:
        found = [
            one
            for tongue in ([language] if language else spoken)
            for one in knowledge_store.search(connection, " ".join(words), tongue, limit, product)
        ]
    found.sort(key=lambda one: (-one.score, one.id))
    _show(found[:limit], as_json=as_json)


def _show(found: Sequence[Suggestion], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        typer.echo("nothing fits")
        return
    table = Table("score", "id", "language", "title", "url", box=None)
    for one in found:
        cells = (f"{one.score:.2f}", one.id, one.language, one.title, one.url)
        table.add_row(*(on_one_line(cell) for cell in cells))
    screen().print(table)


@kb.command("measure")
def measure(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="[[query]] tables.")],
    config: ConfigOption,
    *,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0, max=1, help="That of a desk's [knowledge].")
    ] = _THRESHOLD,
    as_json: JsonOption = False,
) -> None:
    """Say how many questions find the article that answers them: first, or among the first three.

    Each question has language, article (its path, or "" if none answers it), subject and text.

    Example: casepost kb measure questions.toml --threshold 0.4
    """
    settings = load_settings(config)
    try:
        questions = read_questions(file)
    except Misconfigured as refused:
        raise Misused(str(refused)) from None
    with reading(settings) as connection:
        answered = answer(connection, questions)
    by_language = {
        language: hits([one for one in answered if one.question.language == language])
        for language in sorted({question.language for question in questions})
    }
    _report(by_language, threshold, above(answered, threshold), as_json=as_json)


def _report(
    by_language: dict[str, Hits], threshold: float, through: Above, *, as_json: bool
) -> None:
    if as_json:
        languages = {language: asdict(counted) for language, counted in by_language.items()}
        print_json({"languages": languages, "threshold": threshold, **asdict(through)})
        return
    table = Table("language", "questions", "hit@1", "hit@3", box=None)
    for language, counted in by_language.items():
        row = (counted.questions, counted.first, counted.third)
        table.add_row(on_one_line(language), *map(str, row))
    screen().print(table)
    typer.echo(
        f"with a threshold of {threshold:.2f}: {through.right} suggested first are right, "
        f"{through.wrong} are wrong, and {through.uncalled} of {through.without} questions that "
        "no article answers get one"
    )
