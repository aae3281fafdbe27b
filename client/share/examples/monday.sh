#!/bin/sh
# SPDX-License-Identifier: MIT
# Who presents this week, who is away, and which turns nobody has: a mail for Monday morning, from cron for instance:
#
#     0 7 * * 1   monday.sh | mail -s "This week" everybody@example.com
#
# Needs jq. To copy: `laug --json METHOD` prints the answer as JSON, and jq picks from it. Names are what people typed. Inside
# JSON they are safe; `jq -r` prints them raw, so `visible` takes out what would steer a terminal or turn letters round.
set -eu

visible='def visible: gsub("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}]"; "?");'

# In a pipe a failure of `laug` would go unseen; in a plain assignment it ends the script, with its message and status.
now=$(laug clock now --json)

# This week's Monday and Sunday, as the service sees the day: it knows the company's time zone.
week=$(printf '%s' "$now" | jq -r '
    .today | strptime("%Y-%m-%d") | mktime | . - (gmtime[6] + 6) % 7 * 86400   # in gmtime[6] Sunday is 0
    | ., . + 6 * 86400 | strftime("%Y-%m-%d")')
monday=${week%%[!0-9-]*}
sunday=${week##*[!0-9-]}

# Ids to names, as one JSON object, so that each name is asked for once.
names=$( { laug person list --json; laug team list --json; } | jq -s 'map(.items[] | {(.id): .name}) | add // {}')

printf 'Week from %s to %s\n' "$monday" "$sunday"

printf '\nWho presents\n'
laug rotation list --json | jq -r '.items[].id' | while read -r rotation; do
    title=$(laug rotation show "$rotation" --json | jq '.title')
    # what comes from the service goes to jq as data (--argjson), never into its program
    laug rotation turns "$rotation" --from "$monday" --until "$sunday" --json |
        jq -r --argjson names "$names" --argjson title "$title" "$visible"'
            .items[] | select(.state != "cancelled")
            | "  \(.local | sub("T"; " "))  \($title | visible): \($names[.member // ""] // .member // "nobody yet" | visible)"'
done | sort

printf '\nWho is away\n'
laug absence list --from "$monday" --until "$sunday" --json |
    jq -r --argjson names "$names" "$visible"'
        .items[] | "  \($names[.person] // .person | visible), from \(.from) to \(.to)"'

printf '\nTurns that nobody has yet\n'
laug turn list --open --json | jq -r '.items[] | "  \(.local | sub("T"; " "))  \(.id)"'
