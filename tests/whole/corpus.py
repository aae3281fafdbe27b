# SPDX-License-Identifier: MIT
"""Names and titles that try to be more than text, by the medium they aim at. Each is one line, as the wire wants it.

Line breaks and control characters never get as far (test_hostile.py); what gets in must come out as nothing but text.
"""

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"

MAIL = [
    "Anna\\r\\nBcc: everybody@example.org",
    "=?utf-8?q?Bcc=3A_a=40b=2Ec?= =?us-ascii?b?DQpCY2M6IGFAYg==?=",
    "=?utf-8?q?=0D=0ABcc:_all@example.org?=",
    "\"Anna\" <root@example.org>, Bo",
    "Anna (see: b@example.org); c@example.org:",
    "--=_laug_boundary--",
    "Content-Type: text/html",
    ".",
    "From the press shop",
    "a" * 190,
    "å" * 190,
    "word " * 38 + "ends",
]
HTML = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><a href=\"https://example.org\">x</a>",
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#60;i&#62; &nbsp",
    "</td></tr></table><style>*{display:none}</style>",
    "<!-- --><![CDATA[x]]>",
    "javascript:alert(1)",
]
CALENDAR = [
    "BEGIN:VEVENT",
    "END:VEVENT\\nEND:VCALENDAR",
    "x;VALUE=DATE:20270101",
    "a\\,b\\;c\\\\d\\n\\Ne",
    "one, two; three: four \"five\"",
    "ATTENDEE;RSVP=TRUE:mailto:all@example.org",
    "^n^^^' RFC 6868",
    "=0D=0AATTACH:https://example.org",
    "ends in a backslash\\",
    "æ漢😀" * 60,
]
CHAT = [
    "@channel @here @all @anna",
    "<!channel> <!here|x> <!everyone>",
    "<@U012345|anna>",
    "<https://example.org|Laug>",
    "[Laug](https://example.org)",
    "![x](https://example.org/x.png)",
    "**bold** _it_ ~no~ `code` ```block```",
    "# a heading",
    "> a quote",
    "* a list",
    "<at>everybody</at>",
    "https://example.org/phishing",
    "{\"text\":\"x\"}",
    "\"},{\"type\":\"Action.OpenUrl\"",
]
TERMINAL = [
    "[31mred[0m \\e[2J \\033]0;title\\007",
    "␛[2J",
    "Anna \u202emloH",
    "\u2066isolated\u2069 \u200fright\u200eleft\u061c",
    "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "line\u2028and\u2029paragraph",
    "é̛̛̛̛̛̛̛ (combining)",
]
TABLES = ["=1+1", "+A1", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", "=\u200bx", "a\",\"b", "a;b,c"]
SHELLS = [
    "$(touch laug-was-here)",
    "`touch laug-was-here`",
    "; touch laug-was-here #",
    "' ; touch laug-was-here ; '",
    "${HOME} %s %n %d %%",
    "#(touch laug-was-here) #[fg=red] #{pane_id} ##",
    "%{F#f00}%{A1:touch laug-was-here:}x%{A}",
    "<span foreground=\"red\" size=\"99999\">x</span>",
    "-n",
    "--help",
    "* ? [a-z] ~",
    "| sh",
    "' .. vim.fn.system('touch laug-was-here') .. '",
    "vim: set modeline: ex: :!touch laug-was-here",
    "{{ 7*7 }} {name} {0} %(name)s",
    "{first_day} {name",
]
NOTHING = ["\u200b\u202e", "   ", "\u00a0", "\u2066 \u2069", "\u3000\ufeff"]  # to be refused: there is nothing to read
ALL = MAIL + HTML + CALENDAR + CHAT + TERMINAL + TABLES + SHELLS
