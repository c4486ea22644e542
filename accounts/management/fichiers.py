"""Files named on the command line: what is wrong with one, in words that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path

_LECTURE = {
    errno.ENOENT: "ce fichier n’existe pas. Vérifiez son nom et son dossier.",
    errno.EISDIR: "c’est un dossier. Donnez le nom d’un fichier.",
    errno.EACCES: "vous n’avez pas le droit de le lire. Changez ses droits, ou copiez-le ailleurs.",
}
_ECRITURE = {
    errno.EEXIST: "ce fichier existe déjà. Donnez un autre nom.",
    errno.ENOENT: "ce dossier n’existe pas. Créez-le, ou donnez le nom d’un fichier d’un autre.",
    errno.EACCES: "vous n’avez pas le droit d’y écrire. Choisissez un autre dossier.",
    errno.EROFS: "ce disque ne s’écrit pas. Choisissez un autre dossier.",
    errno.ENOSPC: "le disque est plein. Libérez de la place, ou choisissez un autre dossier.",
}


def illisible(path: Path, error: OSError) -> str:
    """Return why a file cannot be read."""
    return f"{path} : {_LECTURE.get(error.errno or 0, error.strerror)}"


def non_ecrit(path: Path, error: OSError) -> str:
    """Return why a file cannot be made."""
    place = path.parent if error.errno in (errno.ENOENT, errno.EACCES) else path
    return f"{place} : {_ECRITURE.get(error.errno or 0, error.strerror)}"
