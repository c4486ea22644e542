from tests.portal.captcha.test_browser import *  # noqa
def test_shot(open_page):
    for scheme,w in (("light",320),("dark",900)):
        p=open_page(color_scheme=scheme, viewport={"width":w,"height":700})
        p.click("text=Nouveau code"); p.wait_for_selector("text=Un nouveau code est affiché")
        p.wait_for_load_state("networkidle"); p.screenshot(path=f"/tmp/captcha/real-{scheme}.png", full_page=True)
