"""How far a long command is, on stderr: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

from typing import TextIO

LARGEUR = 30
PALIER = 1000


class Avancement:
    """« Lecture [######……] 20 %  2 000 familles »."""

    def __init__(self, libelle: str, sortie: TextIO) -> None:
        self.libelle, self.sortie = libelle, sortie
        self._bar = sortie.isatty()
        self._said = 0

    def montrer(self, part: float, nombre: int, unite: str) -> None:
        """Tell that `nombre` are done, `part` (0 to 1) of the whole."""
        text = f"{nombre:,} {unite}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        if self._bar:
            full = round(LARGEUR * min(part, 1))
            bar = "#" * full + "." * (LARGEUR - full)
            self.sortie.write(f"\r{self.libelle} [{bar}] {part:4.0%}  {text}")
            self.sortie.flush()
        elif nombre // PALIER > self._said:
            self._said = nombre // PALIER
            self.sortie.write(f"{self.libelle} : {text}\n")

    def finir(self) -> None:
        """Leave the bar as it is and go to the next line."""
        if self._bar:
            self.sortie.write("\n")
