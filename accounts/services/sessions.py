"""Sessions of an account: what each one remembers of its browser, and closing them."""

from __future__ import annotations

from time import time

from django.db import transaction

from accounts.models import Compte, SessionCompte
from accounts.queries.sessions import cle_de
from accounts.services import appareils
from portal.audit import log
from portal.kernel import address


def decrire(user_agent: str) -> dict[str, str | int]:
    """Return what a session keeps in its data at login, for « Mes sessions ouvertes »."""
    now = int(time())
    return {
        "appareil": appareils.decrire(user_agent),
        "reseau": address.shorten(address.current()),
        "ouverte_a": now,
        "vue_a": now,
    }


@transaction.atomic
def fermer(*, compte: Compte, cle: str) -> bool:
    """Close the session of an account that `cle` stands for; return whether there was one."""
    miennes = SessionCompte.objects.filter(compte_id=compte.pk)
    ouvertes = miennes.values_list("session_key", flat=True)
    vraie = next((each for each in ouvertes if cle_de(each) == cle), None)
    if vraie is None or not miennes.filter(session_key=vraie).delete()[0]:
        return False
    log.record("compte.session_fermee", target=compte, actor=compte)
    return True


@transaction.atomic
def fermer_autres(*, compte: Compte, courante: str) -> int:
    """Close every session of an account but the current one; return how many."""
    autres = SessionCompte.objects.filter(compte_id=compte.pk).exclude(session_key=courante)
    nombre, _by_model = autres.delete()
    if nombre:
        log.record(
            "compte.sessions_fermees", target=compte, actor=compte, details={"nombre": nombre}
        )
    return nombre
