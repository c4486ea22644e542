"""Someone who has a keyboard and nothing else, and looks where the focus is."""

from __future__ import annotations

import io

from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page

from tests.e2e.pages import Etape, Reponse

MAX_STOPS = 60
MARGIN = 24  # px around the control: its ring may be drawn around its label too

_FOCUS = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect();
    return {
        kind: e.tagName + "/" + (e.getAttribute("type") || ""),
        onBody: e === document.body,
        x: box.x, y: box.y, width: box.width, height: box.height,
    };
}"""


class Keyboard:
    """Moves by Tab; each stop must be in the window, and each kind of control show its focus."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.kinds: set[str] = set()

    def tab_to(self, wanted: Locator) -> None:
        """Press Tab until one of the wanted elements has the focus."""
        for _ in range(MAX_STOPS):
            self.page.keyboard.press("Tab")
            self._look()
            if self._is_on(wanted):
                return
        raise AssertionError(f"Tab never comes to {wanted}")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        self.tab_to(wanted)
        self.page.keyboard.press(key)

    def answer(self, etape: Etape, reponse: Reponse) -> None:
        """Go to a control and answer, as its kind wants."""
        champ = etape.champ(reponse)
        if reponse.role == "radio":
            # Tab stops once in a group; the arrows move in it, and choose.
            self.tab_to(etape.main.get_by_role("radiogroup", name=reponse.nom).get_by_role("radio"))
            for _ in range(MAX_STOPS):
                if self._is_on(champ):
                    break
                self.page.keyboard.press("ArrowDown")
            if not champ.is_checked():
                self.page.keyboard.press("Space")
            assert champ.is_checked(), reponse
            return
        self.tab_to(champ)
        if reponse.role == "checkbox":
            self.page.keyboard.press("Space")
        else:
            self.page.keyboard.type(reponse.valeur)

    def _is_on(self, wanted: Locator) -> bool:
        return any(wanted.evaluate_all("all => all.map((e) => e === document.activeElement)"))

    def _look(self) -> None:
        focus = self.page.evaluate(_FOCUS)
        if focus["onBody"]:
            return  # from the last control to the first, by way of the browser's own
        window = self.page.viewport_size
        assert window
        assert -1 < focus["y"] + focus["height"], focus
        assert focus["y"] < window["height"], f"the focus is out of sight: {focus}"
        if focus["kind"] not in self.kinds:
            self.kinds.add(focus["kind"])
            self._check_ring(focus)

    def _check_ring(self, focus) -> None:
        """The control looks different with the focus and without, over its outline at least."""
        window = self.page.viewport_size
        assert window
        left, top = max(0, focus["x"] - MARGIN), max(0, focus["y"] - MARGIN)
        right = min(window["width"], focus["x"] + focus["width"] + MARGIN)
        bottom = min(window["height"], focus["y"] + focus["height"] + MARGIN)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        focused = self.page.evaluate_handle("document.activeElement")
        with_focus = self._picture(clip)
        focused.evaluate("e => e.blur()")
        without = self._picture(clip)
        focused.evaluate("e => e.focus()")
        changed = ImageChops.difference(with_focus, without).convert("L").point(bool).histogram()[1]
        assert changed >= focus["width"] + focus["height"], f"no visible focus: {focus}"

    def _picture(self, clip) -> Image.Image:
        shot = self.page.screenshot(clip=clip, animations="disabled")
        return Image.open(io.BytesIO(shot)).convert("RGB")
