"""Words that any mail to a support desk may say: alone they name nobody.

The small words of each language, what support is about, and whose address or page many have.
"""

from gateway.mail.function_words import LANGUAGES

_SPOKEN = (
    "access account accounts address admin answer app application article backend backup "
    "bestelling bestelnummer billing blog browser bug business case center centre change client "
    "cloud code company computer config contact contract crash customer customers dashboard "
    "data database date demo design desk desktop development digital direct document domain "
    "download email error europe event express feature file files first forum free general "
    "global group hardware help helpdesk home host hosting house images info install "
    "installation international internet invoice issue issues key kauppa kunde kunden licence "
    "license link list local login mail manager market media message mobile module name network "
    "news number office official online open order orders organisation organization page "
    "password payment phone plan plugin portal premium price print priority private problem "
    "problems product production products program project purchase question questions rechnung "
    "release report request sales school screen search second secure security server servers "
    "service services setup shop shopping sites software solution solutions start status store "
    "studio subscription summary support system systems team tech technical technology test "
    "testing thema ticket time tilaus today tool tools update upgrade upload user users version "
    "verkko video view virus web webhosting webmail webpage website websites webshop webwinkel "
    "week window windows winkel word work world yritys zentrum monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september "
    "october november december"
)

_EVERYBODYS = (
    "adobe amazon android apache apple bing chrome cloudflare debian dropbox edge excel "
    "facebook firefox github gitlab gmail google hotmail icloud instagram iphone linkedin linux "
    "macos microsoft mozilla mysql office365 oracle outlook paypal postgresql protonmail python "
    "safari sharepoint shopify skype slack teams twitter ubuntu whatsapp wikipedia wordpress "
    "yahoo youtube zendesk"
)

COMMON = frozenset((*LANGUAGES, *_SPOKEN.split(), *_EVERYBODYS.split()))
