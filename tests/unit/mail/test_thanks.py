"""Thanks and no more: told apart from what says anything else, in four languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.thanks import is_thanks

THANKS = [
    "Thanks!",
    "Thank you",
    "thx",
    "Many thanks 👍",
    "Thanks a lot for the quick reply!",
    "Hi Ada,\n\nThank you so much, it works now.\n\nBest regards,\nJan de Vries",
    "Dear support team,\n\nThat solved it, thank you very much for your help.\n\nKind regards\nJan",
    "Great, thanks! Have a nice weekend.",
    "Much appreciated.",
    "Bedankt!",
    "Hallo Bram,\n\nHartelijk dank, het werkt nu weer.\n\nMet vriendelijke groet,\nPiet Jansen",
    "Dank voor de snelle reactie",
    "Dank u wel",
    "Super, dankjewel!",
    "Kiitos!",
    "Hei,\n\nKiitos paljon nopeasta avusta, nyt toimii.\n\nYstävällisin terveisin\nMatti Virtanen",
    "Kiitti, hyvää viikonloppua!",
    "Danke!",
    "Guten Tag Frau Müller,\n\nvielen Dank für Ihre rasche Hilfe.\n\nMit freundlichen Grüßen\nMax",
    "Vielen Dank, jetzt funktioniert es wieder.",
    "Herzlichen Dank und schönes Wochenende",
    "Thanks, Agatha",
    "Thanks, that helped!",
    "Thanks a lot, problem solved.",
    "Thanks for resolving this so quickly.",
    "Bedankt, het probleem is opgelost",
    "Kiitos, auttoi!",
    "Danke, das hat geholfen. Das Problem ist behoben.",
    "That did the trick, thank you for your patience.",
    "Bedankt voor de goede hulp, alles doet het weer.",
    "Suuret kiitokset nopeasta avusta!",
    "Prima, danke schön",
]

MORE = [
    "",
    "   \n",
    "It works now.",
    "Hello",
    "Thanks, but it does not work.",
    "Thanks. It still crashes.",
    "Thank you. Could you also reset my password",
    "Thanks?",
    "Thanks, again the problem",
    "Thanks, a problem",
    "Thanks, when will it be fixed?",
    "Thanks, the order is 12345",
    "Thanks, mail me at jan@klant.example",
    "No thanks",
    "No thank you, please refund me",
    "Thanks for nothing",
    "Thanks. Please close the case.",
    "Thanks, now nothing works",
    "Bedankt, maar het werkt nog niet.",
    "Bedankt, het werkt helaas niet",
    "Alvast bedankt",
    "Dank, wanneer komt de nieuwe versie",
    "Kiitos, mutta se ei toimi.",
    "Kiitos etukäteen",
    "Danke, es funktioniert leider nicht.",
    "Danke, kein Problem mehr, aber die Rechnung fehlt",
    "Danke im Voraus",
    "Thanks\n\nThe second printer is broken",
    "Merci, tout est parfait",
    "thanks " * 41,
    "Thanks!" + " " * 400,
]


@pytest.mark.parametrize("text", THANKS)
def test_no_more_than_thanks(text: str) -> None:
    """With greetings, names, and that all is well."""
    assert is_thanks(text, ("Agatha Christie",)) is True


@pytest.mark.parametrize("text", MORE)
def test_more_than_thanks(text: str) -> None:
    """Anything that an agent should see as more: a doubt, a question, a wish, a number."""
    assert is_thanks(text, ("Jan",)) is False


@settings(max_examples=60, deadline=None)
@given(thanks=st.sampled_from(THANKS), more=st.text(min_size=1, max_size=20))
def test_what_is_said_beside_is_seen(thanks: str, more: str) -> None:
    """Of any text: one more line with a number in it, or a question, is more than thanks."""
    assert is_thanks(f"{thanks}\n{more}?\n") is False
    assert is_thanks(f"{more} 5\n{thanks}") is False


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=500), names=st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_judged(text: str, names: list[str]) -> None:
    """It never raises, whatever a text or a name is made of."""
    assert is_thanks(text, names) in (True, False)
