import re,subprocess,sys
P='client/share/po/da.po'
T={
"write a calendar as a file for other programs, and keep it up to date":"skriv en kalender som fil til andre programmer, og hold den ajour",
"everybody's":"alles",
"write it to a file":"skriv den i en fil",
"keep the file up to date":"hold filen ajour",
"%s cannot be written: %s":"%s kan ikke skrives: %s",
"standard output":"standard-uddata",
"nobody here has your login; say whose calendar: --person, --team, --rotation or --all":"ingen her har dit login; sig, hvis kalender det er: --person, --team, --rotation eller --all",
"one calendar at a time: a person's, a team's, a rotation's, or all":"én kalender ad gangen: en persons, et teams, en rotations eller alles",
"\\\"%s\\\" is no id; laug %s list shows them":"\\\"%s\\\" er ikke et id; laug %s list viser dem",
"there is no option %s here; laug calendar --help lists them":"her er ingen valgmulighed %s; laug calendar --help viser dem",
"\\\"%s\\\" is one word too many; see laug calendar --help":"\\\"%s\\\" er et ord for meget; se laug calendar --help",
"name the file to keep up to date: --out FILE":"angiv filen, der skal holdes ajour: --out FIL",
"\\\"%s\\\" is no name of a domain":"\\\"%s\\\" er ikke navnet på et domæne",
}
H='''laug calendar [--person PERSON | --team TEAM | --rotation ROTATION | --all]\\n
              [--from DAG] [--until DAG] [--out FIL [--follow]] [--domain DOMÆNE]\\n
\\n
Skriver en kalender som iCalendar-fil, som Outlook, Google Kalender, Thunderbird og de fleste andre kan læse:\\n
offentliggjorte ture og godkendte sabbatuger; dine egne, hvor ingen er nævnt.\\n
\\n
  --person PERSON       en persons, med turene i personens teams\\n
  --team TEAM           et teams ture, og ture og sabbatuger for dem i teamet\\n
  --rotation ROTATION   turene i én rotation\\n
  --all                 alles\\n
  --from DAG            den første dag; for 90 dage siden, hvis den ikke angives\\n
  --until DAG           den sidste dag; så langt, der er lovet noget, hvis den ikke angives\\n
  --out FIL             skriv i en fil og ikke til standard-uddata; aldrig det halve af den\\n
  --follow              hold filen ajour, til programmet bedes slutte: en webserver gør den til et feed\\n
  --domain DOMÆNE       det, der står bag @ i posternes id; courierens, hvis det ikke angives\\n
  --socket STI          hvor tjenesten lytter\\n
\\n
laug calendar list viser det samme i terminalen.\\n
\\n
For eksempel: laug calendar --team kvalitet --out kvalitet.ics\\n'''
s=open(P).read()
def fill(match):
    msgid=''.join(re.findall(r'"(.*)"\n',match[1]))
    tr=T.get(msgid)
    if msgid.startswith('laug calendar [--person'):
        return 'msgid '+match[1]+'msgstr ""\n'+''.join(f'"{line}"\n' for line in H.split('\n'))
    return 'msgid '+match[1]+f'msgstr "{tr}"\n' if tr else match[0]
s=re.sub(r'msgid ((?:".*"\n)+)msgstr ""\n(?!")',fill,s)
open(P,'w').write(s)
