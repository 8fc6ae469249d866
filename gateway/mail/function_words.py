"""The small words of seven languages: a few of them tell in which language somebody writes.

They are what a short mail consists of, whatever it is about, and what names of products and
errors never are.
"""

_LISTS = {
    "en": "the and is are was were i you he she it we they my your our their this that these those "
    "to of in on at for with from by not no can cannot could would should will have has had do "
    "does did please thanks thank be been am what when how why which there here if but or so as "
    "an a me us them its it's i'm don't can't doesn't won't get any all some about after again "
    "still hello dear regards hi yes just now only into out up need want help your's too also",
    "de": "der die das und ist sind war waren ich du er sie es wir ihr mein meine meinen unser "
    "unsere dieser diese dieses ein eine einen einem einer den dem des zu von im am für mit aus "
    "bei nicht kein keine kann können könnten würde sollte werden wird wurde haben habe hat hatte "
    "bitte danke vielen dank auf auch wenn aber oder so als wie was wann warum welche noch schon "
    "nach mehr sich mich mir uns ihnen nur jetzt wieder über hallo guten tag grüße grüßen "
    "geehrte liebe ja nein seit zum zur beim einfach etwas gibt geht funktioniert freundlichen "
    "immer alle man dass hier da dann gerne",
    "nl": "de het een en is zijn was waren ik jij je hij zij ze wij we jullie u mijn uw ons onze "
    "deze dit die dat van in op voor met uit bij naar niet geen kan kunnen kunt zou zouden moet "
    "wordt worden werd heb heeft hebben had graag bedankt dank alstublieft alvast ook als maar of "
    "zo hoe wat wanneer waarom welke nog al meer mij me hem haar hun er hier daar nu weer over "
    "hallo beste goedendag groet groeten vriendelijke geachte ja nee sinds door om te aan toch "
    "even iets werkt gaat alleen alle wel dan zich krijg wil",
    "fi": "ja on ei en et emme ole olen oli olivat olet olemme ovat minä sinä hän me te he se ne "
    "tämä tuo nämä minun minulla meillä meidän teidän hei moi kiitos kiitoksia terveisin voi voin "
    "voisi voitteko voisitteko voiko kun kuin jos mutta tai että joka jotka mikä mitä miten "
    "milloin miksi myös vielä enää nyt sitten vain jo hyvin täällä siellä mukaan kanssa ilman "
    "jälkeen ennen kaikki mitään jotain kuitenkin pitäisi täytyy toimi toimii saa saan saanut "
    "etukäteen päivää hyvää huomenta olisi ettei eikä niin sitä siitä tästä koska uudelleen",
    "fr": "le la les un une des du de et est sont était étaient je tu il elle nous vous ils elles "
    "mon ma mes notre nos votre vos ce cet cette ces à au aux en dans sur pour avec par sans ne "
    "pas plus peut peux pouvez pourriez pouvons voudrais ai as a avons avez ont avait être merci "
    "bonjour bonsoir cordialement salutations s'il plaît si mais ou où que qui quoi quand comment "
    "pourquoi aussi encore toujours très bien maintenant ici depuis après avant même tout tous "
    "c'est j'ai n'est n'ai d'un d'une qu'il oui non faire fait y se me m'a beaucoup quel quelle on",
    "sv": "och är var jag du han hon vi ni de det den ett en min mitt mina vår vårt våra er ert "
    "detta denna dessa att på i av för med från till om inte ingen inget kan kunna kunde skulle "
    "ska måste har hade ha blir bli blev vill tack hej hälsningar vänliga vänligen snälla när hur "
    "vad varför vilken vilket som men eller så också även fortfarande nu igen efter innan sedan "
    "mycket mer bara här där mig oss er dem sig alla något någon några ja nej får fick fungerar "
    "går gör göra utan över under mvh finns",
    "es": "el la los las un una unos unas y es son está están era yo tú él ella nosotros ustedes "
    "mi mis su sus nuestro nuestra este esta estos estas ese esa eso de del en con por para sin a "
    "al no ni puede puedo pueden podría podrían quiero quisiera he ha hemos han había ser estar "
    "hola buenos buenas días tardes gracias saludos favor muchas si sí pero o que qué quien "
    "cuando cuándo como cómo dónde también todavía aún ya muy más ahora aquí desde después antes "
    "todo todos me te se nos lo le les hay tengo tiene tenemos hace hacer porque cual estimados",
}

WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
LANGUAGES = {
    word: tuple(language for language, words in WORDS.items() if word in words)
    for word in frozenset().union(*WORDS.values())
}
"""The languages of each word, by which many words are counted in one pass."""
