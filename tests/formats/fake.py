# SPDX-License-Identifier: MIT
"""A stand-in for the service with people and teams in dictionaries, that can be told to break: what an import does
when a connection is lost in the middle cannot be asked of a real one at will."""
import datetime
import os
import socket
import threading

import msgpack


class Refusal(Exception):
    pass


class Fake:
    def __init__(self, path):
        self.people, self.teams, self.absences, self.holidays = {}, {}, [], {}
        self.answers = {}  # request_id -> the first answer
        self.batches = []  # the request_id and number of rows of each batch, in order of arrival
        self.before_answer = lambda method, params: None  # may raise ConnectionError: done, but not answered
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                try:
                    self.talk(peer)
                except (ConnectionError, OSError):
                    pass

    def talk(self, peer):
        unpacker = msgpack.Unpacker(raw=False, max_buffer_size=1 << 20)
        while data := peer.recv(1 << 16):
            unpacker.feed(data)
            for _, msgid, method, params in unpacker:
                params = params[0] if params else {}
                answer = self.answer(method, params)
                self.before_answer(method, params)
                peer.sendall(msgpack.packb([1, msgid, *answer]))

    def answer(self, method, params):
        request_id = params.get("request_id")
        if request_id:
            calls = params.get("calls", [{"params": params}])
            self.batches.append((request_id, sum(len(call["params"].get("people", "1")) for call in calls)))
        if request_id in self.answers:
            return self.answers[request_id]
        before = dict(self.people), dict(self.teams), list(self.absences), dict(self.holidays)
        try:
            answer = [None, self.call(method, {name: params[name] for name in params if name != "request_id"})]
        except Refusal as refusal:
            self.people, self.teams, self.absences, self.holidays = before
            answer = [[1, str(refusal)], None]
        if request_id:
            self.answers[request_id] = answer
        return answer

    def call(self, method, params):
        return getattr(self, method.replace(".", "_"))(**params)

    def service_batch(self, calls):
        results = []
        for number, call in enumerate(calls):
            try:
                results.append(self.call(call["method"], call["params"]))
            except Refusal as refusal:
                code, _, rest = str(refusal).partition(" ")
                raise Refusal(f"{code} calls[{number}].{rest}") from refusal
        return {"results": results}

    def clock_now(self):
        return {"at": "2027-01-04T07:00:00Z", "local": "2027-01-04T08:00", "today": "2027-01-04", "is_held": True}

    def page(self, table, limit, after):
        ids = sorted(table)
        ids = [id for id in ids if after is None or id > after][:limit]
        more = {"next": ids[-1]} if ids and ids[-1] != max(table) else {}
        return {"items": [table[id] for id in ids], **more}

    def person_list(self, limit=100, after=None):
        listed = {}
        for id, person in self.people.items():
            home = [person["team"]] if person.get("team") else []
            listed[id] = dict(person, teams=home + person.get("teams", []))
        return self.page(listed, limit, after)

    def team_list(self, limit=100, after=None):
        return self.page({id: dict(team, members=0) for id, team in self.teams.items()}, limit, after)

    def check_person(self, person):
        if person.get("manager") and person["manager"] not in self.people:
            raise Refusal(f"not_found manager: no person is called \"{person['manager']}\"")
        home = [person["team"]] if "team" in person else []
        for team in home + person.get("teams", []):
            if team not in self.teams:
                raise Refusal(f"not_found team: no team is called \"{team}\"")

    def person_add(self, **person):
        if person["id"] in self.people:
            raise Refusal(f"exists id: {person['id']} is taken")
        self.check_person(person)
        self.people[person["id"]] = person
        return {"id": person["id"]}

    def person_import(self, people):
        for number, person in enumerate(people):
            try:
                self.person_add(**person)
            except Refusal as refusal:
                code, _, rest = str(refusal).partition(" ")
                raise Refusal(f"{code} people[{number}].{rest}") from refusal
        return {"added": len(people)}

    def person_change(self, id, clear=(), **fields):
        self.check_person(fields)
        self.people[id] = {field: value for field, value in dict(self.people[id], **fields).items() if field not in clear}
        return {"id": id}

    def team_add(self, **team):
        if team["id"] in self.teams:
            raise Refusal(f"exists id: {team['id']} is taken")
        self.teams[team["id"]] = team
        return team

    def team_change(self, id, clear=(), **fields):
        if fields.get("lead") and fields["lead"] not in self.people:
            raise Refusal(f"not_found lead: no person is called \"{fields['lead']}\"")
        self.teams[id] = {field: value for field, value in dict(self.teams[id], **fields).items() if field not in clear}
        return self.teams[id]

    def absence_list(self, person, until, limit, **bounds):
        found = [a for a in self.absences if a["person"] == person and a["from"] <= until and a["to"] >= bounds["from"]]
        return {"items": found[:limit]}

    def absence_add(self, person, to, **bounds):
        absence = {"id": f"away-{len(self.absences)}", "person": person, "from": bounds["from"], "to": to}
        self.absences.append(absence)
        return absence

    def holiday_list(self, until, limit, **bounds):
        return {"items": [{"on": on, "title": title} for on, title in sorted(self.holidays.items())
                          if bounds["from"] <= on <= until][:limit]}

    def holiday_import(self, items, replace_from="9999"):
        named = {item["on"]: item["title"] for item in items}
        assert all(datetime.date.fromisoformat(on) for on in named)
        self.holidays = {on: title for on, title in self.holidays.items() if on < replace_from} | named
        return {"added": 0, "changed": 0, "removed": 0}

    def close(self):
        path = self.listener.getsockname()
        self.listener.close()
        os.unlink(path)
