"""The text of an announcement as HTML: built from a list of allowed elements, nothing else.

The parser reads no HTML, and what it finds is written anew, element by element, with
every word escaped. So there is nothing to take out afterwards.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

LONGEST = 20_000
LINKS = ("https://", "http://", "mailto:", "/")
_ELEMENTS = {
    "paragraph": "p",
    "strong": "strong",
    "em": "em",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "code_inline": "code",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
_HEADINGS = {"h1": "h3", "h2": "h3"}
"""The page has its own first and second level."""
_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def render(text: str) -> SafeString:
    """Return Markdown as HTML that no author can make dangerous."""
    return _inside(SyntaxTreeNode(_parser.parse(text)))


def plain(text: str) -> str:
    """Return Markdown as the words alone, a line for each block, for mails and programs."""
    tree = SyntaxTreeNode(_parser.parse(text))
    blocks = (node for node in tree.walk() if node.type in ("inline", "fence", "code_block"))
    return "\n".join(_words(block) for block in blocks)


def _words(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if not node.children:
        return node.content
    return "".join(_words(child) for child in node.children)


def _inside(node: SyntaxTreeNode) -> SafeString:
    return format_html_join("", "{}", ((_html(child),) for child in node.children))


def _html(node: SyntaxTreeNode) -> SafeString:
    """Return one element; of what is not allowed its words are left."""
    if node.type in ("text", "image"):
        return format_html("{}", node.content)
    if node.type in ("softbreak", "hardbreak"):
        return format_html("{}", "\n")
    if node.type in ("fence", "code_block"):
        return format_html("<pre>{}</pre>", node.content)
    if node.type == "hr":
        return format_html("<hr>{}", "")
    if node.type == "heading":
        tag = _HEADINGS.get(node.tag, "h4")
        return format_html("<{}>{}</{}>", tag, _inside(node), tag)
    if node.type == "link":
        return _link(node)
    inner = _inside(node) if node.children else format_html("{}", node.content)
    element = _ELEMENTS.get(node.type)
    return format_html("<{}>{}</{}>", element, inner, element) if element else inner


def _link(node: SyntaxTreeNode) -> SafeString:
    href = str(node.attrs.get("href", ""))
    if not href.startswith(LINKS):
        return _inside(node)
    return format_html('<a href="{}">{}</a>', href, _inside(node))
