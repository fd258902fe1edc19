"""How markups other than Markdown are read: what makes Markdown of their rows. See `markups`.

Patterns of rows match at their start; the first that does is taken. Those between `left_out`, `quote` and `code` stand for two rows each.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from scraper.text.inline import line_ends

_DEPTH = 4  # templates inside of each other

Replacement = str | Callable[[re.Match[str]], str]
Rules = tuple[tuple[re.Pattern[str], Replacement], ...]


class Markup(NamedTuple):
    """The rules of one markup."""

    whole: Rules  # in all rows at once; line ends stay
    rows: Rules
    inline: Rules
    field: re.Pattern[str] | None = None  # a key and its `value`, or the values of keys that are its groups' names
    left_out: re.Pattern[str] | None = None  # the rows between the two are no text
    quote: re.Pattern[str] | None = None
    code: re.Pattern[str] | None = None


def _heading(level: int = 0) -> Callable[[re.Match[str]], str]:
    """Return what makes a heading of a row whose marks are the first group, `level` deeper than they are many."""
    return lambda mark: "#" * min(6, len(mark[1]) + level) + " "


def _item(mark: re.Match[str]) -> str:
    return "  " * (len(mark[1]) - 1) + ("1. " if mark[1][-1] in "#." else "- ")


def _accented(mark: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", mark[2] + _ACCENTS[mark[1]])


def _compiled(*rules: tuple[str, Replacement]) -> Rules:
    return tuple((re.compile(pattern, re.M | re.I), replacement) for pattern, replacement in rules)


_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "c": "\u0327", "=": "\u0304", "v": "\u030c"}
_BRACES = r"\{((?:[^{}]|\{[^{}]*+\}){0,2000}+)\}"
_STRONG = (r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,300})(?<=[^\s*])\*(?![\w*])", r"**\1**")
_IMAGES = "audio|image|include|toc|video"
ASCIIDOC = Markup(
    field=re.compile(
        r"\A\n{0,8}= (?P<title>[^\n]+)"
        r"(?:\n(?P<author>[^\W\d_:][^\n:<]{1,200}?)(?: <[^\n<>]{1,200}>)?(?=\n))?"
        r"(?:\n(?:v[\d.]+, *)?(?P<date>\d[^\n]{5,40}))?$",
        re.M,
    ),
    whole=_compiled(
        (r"\A\n{0,8}= [^\n]+(?:\n[^\n=][^\n]{0,300}){0,2}(?=\n|\Z)", line_ends),
    ),
    rows=_compiled(
        (r"(={1,6}) (?=\S)", _heading()),
        (r"//.*|:[\w-]{1,40}!?:.*|\[[^\[\]]{0,300}\]\Z|(?:=|\*){4,}\Z|--\Z|'''\Z|<<<\Z|\+\Z", ""),
        (rf"(?:{_IMAGES})::.*", ""),
        (r"([*-]{1,5}|\.{1,5}) (?=\S)", _item),
        (r"\.(?=\w)", ""),
    ),
    inline=_compiled(
        (r"(?:link:)?(https?://[^\s\[\]]{1,2000})\[([^\[\]]{1,500})\]", r"[\2](\1)"),
        (r"(?:link|xref):[^\s\[\]]{1,500}\[([^\[\]]{1,500})\]|<<[^<>,]{1,200},([^<>]{1,300})>>", r"\1\2"),
        (r"footnote:\[[^\[\]]{0,1000}\]|image:[^\s\[\]]{1,500}\[[^\[\]]{0,500}\]", ""),
        _STRONG,
    ),
    left_out=re.compile(r"/{4,}\Z"),
    quote=re.compile(r"_{4,}\Z"),
    code=re.compile(r"(?:-{4,}|\.{4,})\Z"),
)
ORG = Markup(
    field=re.compile(r"^#\+(\w+): *(?P<value>\S.*)$", re.M),
    whole=(),
    rows=_compiled(
        (r"(\*{1,6}) (?:(?:TODO|DONE) )?(?=\S)", _heading(1)),
        (r"#(?:\+.*| .*|\Z)", ""),
    ),
    inline=_compiled(
        (r"\[\[([^\[\]]{1,2000})\]\[([^\[\]]{1,500})\]\]", r"[\2](\1)"),
        (r"\[\[[^\[\]]{1,2000}\]\]|\[fn:[^\[\]]{1,500}\]", ""),
        _STRONG,
        (r"(?<![\w/:])/(?=[^\s/])([^/\n]{1,300})(?<=[^\s/])/(?![\w/])", r"*\1*"),
        (r"(?<![\w=~])([=~])(?=[^\s=~])([^=~\n]{1,300})(?<=\S)\1(?![\w=~])", r"`\2`"),
        (r"^(#.{0,300}?) {1,80}:[\w@:]{1,100}:$", r"\1"),
    ),
    left_out=re.compile(r"[ ]{0,8}:(?:(?P<closes>END)|(?P<opens>[A-Z]{3,20})):\Z"),
    quote=re.compile(r"[ ]{0,8}#\+(?:begin|end)_(?:quote|verse)", re.I),
    code=re.compile(r"[ ]{0,8}#\+(?:begin|end)_(?:src|example)", re.I),
)
MEDIAWIKI = Markup(
    field=re.compile(
        r"\{\{(\w{3,20})\|(?P<value>[^{}|\n]{1,300})(?:\|[^{}]{0,300})?\}\}|\[\[(?:category|kategorie|catégorie|categoría|категория):(?P<tags>[^\[\]|]{1,100})",
        re.I,
    ),
    whole=_compiled(
        *[(r"\{\{[^{}]{0,5000}\}\}", line_ends)] * _DEPTH,
        (r"<!--[^<]{0,5000}?-->|<ref[^<>]{0,300}/>|<ref[^<>]{0,300}>[^<]{0,3000}</ref>", line_ends),
        (r"\[\[[^\[\]|:]{2,20}:[^\[\]]{0,1000}(?:\[\[[^\[\]]{0,300}\]\][^\[\]]{0,300}){0,8}\]\]|__[A-Z]{2,20}__", line_ends),
        (r"</?(?:blockquote|br|center|div|nowiki|p|poem|small|span|sub|sup)[^<>]{0,300}>", ""),
    ),
    rows=_compiled(
        (r"(={2,6}) ?(?=[^=])", _heading()),
        (r"([*#]{1,5}) ?(?=\S)", _item),
        (r"-{4,}|[:;]{1,5} ?", ""),
    ),
    inline=_compiled(
        (r"^(#.{0,300}?) ?={2,6}[ ]{0,4}$", r"\1"),
        (r"\[\[[^\[\]|]{1,300}\|([^\[\]]{1,300})\]\]|\[\[([^\[\]|]{1,300})\]\]", r"\1\2"),
        (r"\[(https?://[^\s\[\]]{1,2000}) ([^\[\]]{1,500})\]", r"[\2](\1)"),
        (r"\[https?://[^\s\[\]]{1,2000}\]", ""),
        (r"'''''|'''", "**"),
        (r"''", "*"),
    ),
    left_out=re.compile(r"(?P<opens>\{\||<gallery)|(?P<closes>\|\}|</gallery>)"),
)
TEXTILE = Markup(
    whole=(),
    rows=_compiled(
        (r"h([1-6])(?:\([^()]{0,80}\)|\{[^{}]{0,80}\})?\. ", lambda mark: "#" * int(mark[1]) + " "),
        (r"bq(?:\([^()]{0,80}\))?\.\.? ", "> "),
        (r"(?:p|bc|notextile|fn\d{1,3})(?:[()<>=]{0,4}|\([^()]{0,80}\)|\{[^{}]{0,80}\})\.\.? ", ""),
        (r"([*#]{1,5}) (?=\S)", _item),
    ),
    inline=_compiled(
        (r"\"([^\"\n]{1,300})\":(https?://[^\s\"]{1,2000}?)(?=[.,;:!?)]*(?:\s|$))", r"[\1](\2)"),
        (r"!(?:[<>=(][^!\s]{0,80})?[^\s!]{1,300}\.(?:gif|jpe?g|png|svg|webp)(?:\([^()]{0,200}\))?!", ""),
        _STRONG,
        (r"(?<!\w)@(?=\S)([^@\n]{1,300})(?<=\S)@(?!\w)", r"`\1`"),
        (r"%(?:\{[^{}]{0,80}\}|\([^()]{0,80}\))([^%\n]{1,300})%", r"\1"),
    ),
)
_BB_MARKS = {"b": "**", "i": "*"}
_BB = (
    "align|attach|b|center|code|colou?r|email|font|h[1-6]|hr|i|img|indent|left|li|list|media|ol|p|quote|right|s|size|spoiler|sub|sup|"
    "table|td|tr|u|ul|url|video|youtube"
)
BBCODE = Markup(
    whole=_compiled(
        (r"\[(img|video|youtube|media|attach)(?:=[^\[\]]{0,300})?\][^\[]{0,2000}\[/\1\]", line_ends),
        (
            r"\[(b|i)\](?=\S)([^\[\n]{1,1000})(?<=\S)\[/\1\]",
            lambda mark: f"{_BB_MARKS[mark[1].lower()]}{mark[2]}{_BB_MARKS[mark[1].lower()]}",
        ),
        (r"\[url=[\"']?([^\[\]\"']{1,2000})[\"']?\]([^\[\n]{1,500})\[/url\]", r"[\2](\1)"),
    ),
    rows=_compiled((r"[ ]{0,8}(?:\[\*\]|\[li\]) ?", "- "), (r"\[quote(?:=[^\[\]]{0,200})?\](?=.*\[/quote\])", "> ")),
    inline=_compiled((rf"\[/?(?:{_BB})(?:=[^\[\]]{{0,300}})?\]|\[/?\*\]", "")),
    quote=re.compile(r"\[/?quote(?:=[^\[\]]{0,200})?\]\Z", re.I),
    code=re.compile(r"\[/?code(?:=[^\[\]]{0,200})?\]\Z", re.I),
)
LATEX = Markup(
    field=re.compile(r"\\(title|author|date)(?:\[[^\[\]]{0,200}\])?\{(?P<value>(?:[^{}]|\{[^{}]*+\}){1,500}+)\}"),
    whole=_compiled(
        (r"(?<!\\)%.*$", ""),
        (r"\A[\s\S]{0,20000}?\\begin\{document\}|\\end\{document\}[\s\S]*\Z", line_ends),
        (
            rf"\\(?:title|author|date|label|ref|eqref|vspace|hspace|footnote|thanks|bibliography(?:style)?|(?:re)?newcommand\{{[^{{}}]{{0,80}}\}})(?:\[[^\[\]]{{0,200}}\])?{_BRACES}",
            line_ends,
        ),
        (r"\\(?:no)?cite\w{0,8}\*?(?:\[[^\[\]]{0,200}\]){0,2}\{[^{}]{0,500}\}", ""),
        (rf"\\href\{{([^{{}}]{{1,2000}})\}}{_BRACES}", r"[\2](\1)"),
        (rf"\\(?:emph|textit|textsl){_BRACES}", r"*\1*"),
        (rf"\\textbf{_BRACES}", r"**\1**"),
        (rf"\\texttt{_BRACES}", r"`\1`"),
        (r"\\([%&$_#{}])", r"\1"),
    ),
    rows=_compiled(
        (r"[ ]{0,8}\\chapter\*?(?:\[[^\[\]]{0,200}\])?(?=\{)", "# "),
        (r"[ ]{0,8}\\section\*?(?:\[[^\[\]]{0,200}\])?(?=\{)", "## "),
        (r"[ ]{0,8}\\(?:sub){1,2}section\*?(?:\[[^\[\]]{0,200}\])?(?=\{)", "### "),
        (r"[ ]{0,8}\\item(?:\[([^\[\]]{0,200})\])?[ ]?", r"- \1"),
        (r"[ ]{0,8}\\(?:begin|end)\{[^{}]{1,40}\}(?:\[[^\[\]]{0,200}\]|\{[^{}]{0,200}\}){0,3}", ""),
    ),
    inline=_compiled(
        (r"\\(['`^\"~=]|[cv](?=\{))\{?([A-Za-z])\}?", _accented),
        (r"\\[A-Za-z]+\*?(?:\[[^\[\]]{0,200}\])?[ ]?|[{}]", ""),
        (r"\\\\(?:\[[^\[\]]{0,20}\])?|~", " "),
        (r"---", "—"),
        (r"--", "–"),
        (r"``", "“"),
        (r"''", "”"),
    ),
    left_out=re.compile(r"[ ]{0,8}\\(?:(?P<opens>begin)|(?P<closes>end))\{(?:figure|table|thebibliography|tikzpicture|wrapfigure)\*?\}"),
    quote=re.compile(r"[ ]{0,8}\\(?:begin|end)\{(?:displayquote|quotation|quote|verse)\}"),
    code=re.compile(r"[ ]{0,8}\\(?:begin|end)\{(?:lstlisting|minted|verbatim)\}"),
)
REST = Markup(
    field=re.compile(r"^(?:\.\. |[ ]{0,4}:)(\w{2,20}): *(?P<value>\S.*)$", re.M),
    whole=(),
    rows=_compiled(
        (
            r"\.\. (?:author|category|date|description|link|slug|status|tags|title|type|_[^:]{1,200}): ?.*|"
            r":[\w-]{2,30}:(?: .*|\Z)|[ ]{2,12}:[\w-]{2,30}:.*",
            "",
        ),
        (
            r"\.\. (?:code|code-block|contents|csv-table|figure|highlight|image|include|index|literalinclude|math|meta|raw|sourcecode|"
            r"table|toctree|video|youtube)::.*|\.\. (?:[a-z][a-z-]{2,40}:: ?|\[[^\[\]]{1,40}\] |\Z)",
            "",
        ),
        (r"[#*]{3,}\Z", "==="),
        (r"([~^\"+`'.:_])\1{2,}\Z", "---"),
    ),
    inline=_compiled(
        (r"``([^`\n]{1,500})``", r"`\1`"),
        (r"`([^`<>\n]{1,500}?) ?<(https?://[^`<>\s]{1,2000})>`__?", r"[\1](\2)"),
        (r":[a-z][a-z:]{1,20}:`~?([^`<>\n]{1,500}?)(?: ?<[^`<>\n]{1,500}>)?`", r"\1"),
        (r"`([^`\n]{1,500})`__?(?!\w)", r"\1"),
        (r"(?<=\w)__?(?=[\s.,;:!?)]|\Z)| ?\[[#*\w]{1,20}\]_(?!\w)", ""),
        (r"::\Z", ":"),
    ),
)
