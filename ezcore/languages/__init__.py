"""The words of the pages in the reader's language: catalogues, the choice of a language, what is said in it.

The English sentence is the key. Templates need no marks (`template_words`), Python says `say("...")`.
"""

from ezcore.languages.catalogue import Catalogue, find_catalogue
from ezcore.languages.speaking import many, now_speaking, say, speaking, tongue
from ezcore.languages.tongue import ENGLISH, Tongue, known_languages, tongue_of

__all__ = [
    "ENGLISH", "Catalogue", "Tongue", "find_catalogue", "known_languages", "many", "now_speaking", "say", "speaking",
    "tongue", "tongue_of",
]  # fmt: skip
