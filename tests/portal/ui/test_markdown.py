"""Texts written by the staff: headings fit the page, nothing dangerous goes through."""

import pytest

from portal.ui.markdown import render


def test_headings_start_below_the_title_of_the_page():
    assert render("# Un\n\n## Deux") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    assert render("### Un\n\n#### Deux") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    assert render("# Un", 4) == "<h4>Un</h4>\n"
    assert render("# Un\n\n###### Deux", 3) == "<h3>Un</h3>\n<h6>Deux</h6>\n"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[clic](javascript:alert(1))",
        "[clic](data:text/html,x)",
        "![image](https://example.org/suivi.png)",
        '[clic](https://example.org "a\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_active_goes_through(source):
    html = render(source)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert '" onclick' not in html


def test_lists_links_and_tables_are_drawn():
    html = render("- un\n- [deux](/aide/)\n\n|a|b|\n|-|-|\n|1|2|")
    assert "<li>un</li>" in html
    assert '<a href="/aide/">deux</a>' in html
    assert "<table>" in html
