"""The archive of « Télécharger mes données », opened."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.test import Client


class Archive:
    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = self._zip.namelist()

    def read(self, name: str) -> bytes:
        return self._zip.read(name)

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def text(self) -> str:
        """Every file but the PDFs, in one text."""
        return "\n".join(self.read(n).decode() for n in self.names if not n.endswith(".pdf"))


def download(client: Client) -> Archive:
    """Ask for the archive as the button of the page does."""
    response = client.post("/mon-espace/donnees/telecharger/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    return Archive(b"".join(response.streaming_content))
