#!/bin/sh
# SPDX-License-Identifier: MIT
# One line for a status bar: what waits for an answer, else the next turn. Needs jq.
#
#   waybar    "custom/laug": { "exec": "status-bar.sh waybar", "interval": 60, "return-type": "json" }
#   i3blocks  command=status-bar.sh pango, interval=60, markup=pango
#   polybar   exec = status-bar.sh polybar, interval = 60
#   tmux      set -g status-right '#(status-bar.sh tmux)'
#   others    status-bar.sh plain
#
# Says nothing while there is no service, or nothing to say: a bar is no place for errors. Each bar gives a meaning to some
# characters of its own; `escape` takes it away, since titles and names are what people typed.
set -eu

mine=$(laug mine show --json 2>/dev/null) || exit 0

printf '%s' "$mine" | jq -rc --arg bar "${1:-plain}" '
    def visible: gsub("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}]"; "?");
    def pango: gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;");
    def escape:
        if $bar == "waybar" or $bar == "pango" then pango
        elif $bar == "tmux" then gsub("#"; "＃")       # tmux would carry out #(…); ## helps only sometimes
        elif $bar == "polybar" then gsub("%\\{"; "% {")
        else . end;
    def short: if length > 60 then .[:59] + "…" else . end;
    def line: (if .when then .when + ": " else "" end) + .title | visible;

    (.items | map(select(.kind == "answer"))) as $answers
    | (.items | map(select(.kind == "turn")) | first) as $turn
    | ($answers[0] // $turn) as $item
    | if $item == null then empty else
        (if ($answers | length) > 0 then "\($answers | length)? " else "" end) as $count
        | ($count + ($item | line | short) | escape) as $text
        | if $bar == "waybar" then
            {text: $text, class: (if $count == "" then "turn" else "answer" end),
             tooltip: ([$answers[], $turn | values | line] | map(short) | join("\n") | escape)}
          else $text end
      end'
