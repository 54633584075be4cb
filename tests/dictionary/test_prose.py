"""What people paste keeps its shape and loses everything else."""

from html.parser import HTMLParser
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dictionary.prose import ALLOWED, clean, from_plain, safe, to_plain

WORD = (Path(__file__).parent / "word_paste.html").read_text(encoding="utf-8")
FROM_WORD = (
    "<h2>What was reported</h2>"
    "<p>The hospital called at <strong>14:20</strong>. A second call, from the <em>school</em>, came the same day; "
    "see the intake record.</p>"
    "<h2>Who was involved</h2>"
    "<ul><li>The pediatric nurse<ul><li>and her <strong>supervisor</strong></li></ul></li>"
    "<li>The intake worker</li></ul>"
    "<p>Then, in this order:</p>"
    "<ol><li>A visit</li><li>A letter</li></ol>"
    '<table><thead><tr><td colspan="2"><strong>Contacts</strong></td></tr></thead>'
    "<tbody><tr><td>3 March</td><td>Home visit, nobody there &lt;see note&gt;</td></tr></tbody></table>"
    "<p>End of the notes.</p>"
)


def test_headings_bullets_and_tables_survive_word():
    assert clean(WORD) == FROM_WORD


def test_cleaning_again_changes_nothing():
    assert clean(FROM_WORD) == FROM_WORD
    assert safe(FROM_WORD) == FROM_WORD


def test_thirty_pages_from_word_keep_every_heading_and_bullet():
    body = WORD[WORD.index("<h1") : WORD.index("<!--EndFragment")]
    cleaned = clean(WORD.replace(body, body * 60))
    assert cleaned == FROM_WORD * 60


def test_plain_reading_has_bullets_numbers_and_cells():
    assert to_plain(FROM_WORD) == (
        "What was reported\n\n"
        "The hospital called at 14:20. A second call, from the school, came the same day; see the intake record.\n\n"
        "Who was involved\n\n"
        "• The pediatric nurse\n• and her supervisor\n• The intake worker\n\n"
        "Then, in this order:\n\n"
        "1. A visit\n2. A letter\n\n"
        "Contacts\n3 March | Home visit, nobody there <see note>\n\n"
        "End of the notes."
    )


def test_typed_text_becomes_paragraphs_and_lists():
    typed = "First line\nsecond line\n\nA < B & C\n\n- one\n- two\n1. first\n2. second"
    assert clean(typed) == (
        "<p>First line<br>second line</p><p>A &lt; B &amp; C</p>"
        "<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
    )


def test_what_looks_like_a_tag_in_typed_text_stays_text():
    assert from_plain("about <p> and 3 <4") == "<p>about &lt;p&gt; and 3 &lt;4</p>"


def test_lines_of_an_editor_are_paragraphs():
    assert clean("loose<div>one</div><div>two<br></div><div><br></div>") == "<p>loose</p><p>one</p><p>two</p>"


def test_google_docs_and_word_online_say_bold_with_styles():
    pasted = (
        '<b style="font-weight:normal" id="docs-internal-guid"><p><span style="font-weight:700">Bold</span> and '
        '<span style="font-style: italic">slanted</span></p><ul><li><p>one</p></li><ul><li>in</li></ul></ul></b>'
    )
    assert clean(pasted) == (
        "<p><strong>Bold</strong> and <em>slanted</em></p><ul><li>one<ul><li>in</li></ul></li></ul>"
    )


def test_nothing_that_acts_survives():
    attack = (
        '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x()">b</a></p>'
        '<svg><script>x</script></svg><iframe srcdoc="<p>x"></iframe><style>p{}</style><td colspan="9999">c</td>'
        '<math><mi><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'
    )
    cleaned = clean(attack)
    for trace in ("script", "onclick", "onerror=", "href", "iframe", "style", "<img", "9999"):
        assert trace not in cleaned.replace("&lt;img src=1 onerror=alert(1)&gt;", "")
    assert "a" in cleaned
    assert "b" in cleaned


def test_deep_nesting_keeps_its_words():
    assert "word" in clean("<blockquote>" * 3000 + "word" + "</blockquote>" * 3000)
    assert "word" in clean("<ul><li>" * 3000 + "word")


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}


MARKUP = """<p> </p> <ul> <li> </ul> </table> <b> </b> <h1> </h1> word &nbsp; &lt; <div> </div> <br> <script> </script>
    <!-- --> < <blockquote> </blockquote> <ol> <a> </a> <svg> <th> <dd> <o:p> </span>"""
PIECES = st.sampled_from(
    [
        *MARKUP.split(),
        *(" ", "\n", "<table><tr><td colspan=2>", "<![if x]>", "<span style='mso-list:Ignore'>"),
        "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'>",
    ]
)


@settings(max_examples=300)
@given(pieces=st.lists(PIECES, max_size=25))
def test_any_markup_comes_out_allowed_and_settled(pieces: list[str]):
    once = clean("".join(pieces))
    seen = Seen()
    seen.feed(once)
    assert seen.tags <= ALLOWED
    assert seen.attributes <= {(tag, span) for tag in ("td", "th") for span in ("colspan", "rowspan")}
    assert safe(once) == once


@settings(max_examples=300)
@given(pieces=st.lists(PIECES, max_size=25))
@example(pieces=["word", "&nbsp;", "word"])
@example(pieces=["word", " ", " \t", "word", "\n", "word"])
def test_saving_what_was_saved_changes_nothing(pieces: list[str]):
    once = clean("".join(pieces))
    assert clean(once) == once
