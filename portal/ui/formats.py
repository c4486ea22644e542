"""How dates, money and phone numbers are written in French.

Pure functions, independent of the machine's locale; they are the filters of the templates and
serve mails and PDF too. Times are shown in Europe/Paris, whatever the database holds.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers

from portal.kernel.text import fold

PARIS = ZoneInfo("Europe/Paris")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
NBSP = "\N{NO-BREAK SPACE}"
FINE = "\N{NARROW NO-BREAK SPACE}"
FRANCE = 33


def date_longue(valeur: date) -> str:
    """Return « mardi 24 novembre 2026 », « dimanche 1er mars 2026 »."""
    jour = _jour(valeur)
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{JOURS[jour.weekday()]} {quantieme} {MOIS[jour.month - 1]} {jour.year}"


def date_heure(valeur: datetime) -> str:
    """Return « mardi 24 novembre 2026 à 14 h 30 »; the moment must carry its time zone."""
    return f"{date_longue(valeur)} à {heure(valeur)}"


def date_courte(valeur: date) -> str:
    """Return « 24/11/2026 »."""
    jour = _jour(valeur)
    return f"{jour.day:02}/{jour.month:02}/{jour.year:04}"


def heure(valeur: datetime) -> str:
    """Return « 14 h 30 », « 9 h » on the hour."""
    local = _local(valeur)
    minutes = f"{NBSP}{local.minute:02}" if local.minute else ""
    return f"{local.hour}{NBSP}h{minutes}"


def duree(valeur: timedelta | int) -> str:
    """Return « 30 minutes », « 1 heure 30 », « 2 jours » for a delay, or a number of seconds."""
    secondes = int(valeur.total_seconds()) if isinstance(valeur, timedelta) else valeur
    if secondes < 60:
        return _accord(max(secondes, 1), "seconde")
    minutes = -(-secondes // 60)  # rounded up: a promised wait is never too short
    if minutes < 60:
        return _accord(minutes, "minute")
    heures, reste = divmod(minutes, 60)
    if heures < 48:
        return _accord(heures, "heure") + (f"{NBSP}{reste:02}" if reste else "")
    return _accord(-(-heures // 24), "jour")


def iso(valeur: date) -> str:
    """Return the value of a datetime attribute: a day, or a moment in Paris time."""
    return _local(valeur).isoformat() if isinstance(valeur, datetime) else valeur.isoformat()


def montant(valeur: Decimal | int) -> str:
    """Return « 1 234,50 € » with spaces that never break."""
    chiffres = f"{valeur:,.2f}".replace(",", FINE).replace(".", ",")
    return f"{chiffres}{NBSP}€"


def telephone(valeur: str) -> str:
    """Return « 06 12 34 56 78 », or the international form abroad; unreadable ones as typed."""
    try:
        numero = phonenumbers.parse(valeur, "FR")
    except phonenumbers.NumberParseException:
        return valeur
    if not phonenumbers.is_possible_number(numero):
        return valeur
    forme = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if numero.country_code == FRANCE
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(numero, forme).replace(" ", NBSP)


def de(nom: str) -> str:
    """Return « d’Odette », « de Léa ».

    « de » before an h: nothing tells the mute one (Hélène) from the other (Hamza).
    """
    bare = fold(nom.lstrip())
    # Before a vowel, y is no vowel: de Yasmine, but d’Yves.
    elided = bare[:1] in set("aeiou") or (bare[:1] == "y" and bare[1:2] not in set("aeiouy"))
    return f"d’{nom}" if elided else f"de {nom}"


def _local(valeur: datetime) -> datetime:
    if valeur.tzinfo is None:
        raise ValueError("a moment without time zone cannot be shown: make it aware")
    return valeur.astimezone(PARIS)


def _jour(valeur: date) -> date:
    return _local(valeur).date() if isinstance(valeur, datetime) else valeur


def _accord(nombre: int, mot: str) -> str:
    return f"{nombre}{NBSP}{mot}{'s' if nombre > 1 else ''}"
