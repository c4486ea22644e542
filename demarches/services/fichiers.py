"""Catalogue folders: YAML files in, documents out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from demarches.services.publication import Lot

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"


class _Loader(yaml.SafeLoader):
    """YAML's safe types but dates, which JSON does not know: a day stays as it was written.

    A key written twice is a mistake: the second would silently replace the first.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Read a mapping; raises ConstructorError at a key that stands twice."""
        seen: list[Any] = []
        for node_of_key, _value in node.value:
            if node_of_key.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(node_of_key, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"la clé « {key} » est écrite deux fois", node_of_key.start_mark
                )
            seen.append(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class FichierIllisible(Exception):
    """A folder or file that cannot be read; `str()` names it and, in a file, the place."""


def lire(dossier: Path) -> Lot:
    """Read a folder: `_themes.yaml`, `_services.yaml`, then one démarche a file."""
    if not dossier.is_dir():
        raise FichierIllisible(f"{dossier} n’est pas un dossier.")
    files = {path.name: _yaml(path) for path in sorted(dossier.glob("*.yaml"))}
    themes = files.pop("_themes.yaml", None) or []
    services = files.pop("_services.yaml", None) or []
    if not files:
        raise FichierIllisible(f"Aucun fichier .yaml dans {dossier}.")
    return Lot(themes=themes, services=services, demarches=files)


def _yaml(path: Path) -> Any:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (safe)
        json.dumps(
            document, allow_nan=False
        )  # what a version keeps: no file that holds itself, no exotic type
    except OSError as error:
        raise FichierIllisible(f"{path.name} : {error.strerror}.") from None
    except UnicodeDecodeError:
        raise FichierIllisible(f"{path.name} : le fichier n’est pas en UTF-8.") from None
    except (TypeError, ValueError):
        raise FichierIllisible(f"{path.name} : une valeur n’est ni texte, ni nombre.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", ligne {mark.line + 1}, colonne {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", "fichier illisible")
        raise FichierIllisible(f"{path.name}{place} : {problem}") from None
    return document
