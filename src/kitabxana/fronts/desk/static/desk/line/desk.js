// The desk that needs no line: scan a card, scan books, take back. Every act is on the disk before it is told as done.
import { Book } from "./book.js";
import * as rules from "./rules.js";
import * as sending from "./sending.js";
import { button, byId, clockOf, dateOf, language, note, numberOf, part, say, setZone, show, tell, timeOf } from "./show.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const OFTEN = 15_000;
const desk = { book: null, login: "", reader: null, mode: "lend", last: null, lastAt: 0, told: null, ahead: 0 };
const now = () => Date.now() + desk.ahead;

// Acts follow one another: the next waits until the one before is on the disk.
const acts = () => byId("bar-form").dataset;
let busy = Promise.resolve();
const inTurn = (act, title = "") => {
  acts().scans = Number(acts().scans) + 1;
  busy = busy.then(act).catch(() => tell("stop", say("failed"), { title })).then(() => {
    acts().scans = Number(acts().scans) - 1;
  });
};

// --- what is written down

const write = async (kind, copy, card, loan) => {
  desk.lastAt = Math.max(now(), desk.lastAt + 1);
  const event = {
    key: crypto.randomUUID(), kind, barcode: copy.barcode, card, at: new Date(desk.lastAt).toISOString(),
    by: desk.login, unit: desk.book.head.unit, due: loan?.due ?? null,
  };
  await store.put("events", event);
  desk.last = { event, copy, before: copy.loan };
  desk.book.setLoan(copy, loan);
  await header();
};

// What waits was done with an extract that did not know of it yet.
const again = (book, event) => {
  const copy = book.copies.get(event.barcode) ?? book.unknown(event.barcode);
  const reader = book.cards.get(event.card);
  if (event.kind === "check_in") book.setLoan(copy, null);
  else if (reader) {
    const renewals = event.kind === "renew" ? (copy.loan?.renewals ?? 0) + 1 : 0;
    book.setLoan(copy, { reader: reader.id, due: event.due ?? Infinity, renewals, onsite: false, unit: "", governs: "" });
  }
};

const undo = async () => {
  const { event, copy, before } = desk.last ?? {};
  desk.last = null;
  show("undo", false);
  if (!event || !(await store.get("events", event.key))) return;
  await store.remove("events", [event.key]);
  desk.book.setLoan(copy, before);
  tell("stop", say("taken_back", { barcode: copy.barcode }), { title: copy.title });
  document.querySelector(`[data-key-of="${event.key}"]`)?.remove();
  person();
  await header();
};

// --- scans

const refusalWords = (found) => found.map(([code, values]) => say(code, values));
const dueWords = (due, known, unknown) => (due ? say(known, { date: due * 60_000 }) : say(unknown));

const lend = async (text, copy) => {
  const reader = desk.reader;
  const found = rules.lendingRefusals(desk.book, reader, copy, now());
  if (found.length) {
    const own = copy.loan?.reader === reader.id;
    const actions = own ? [button("renew", { title: copy.title || copy.barcode }, () => inTurn(() => renew(copy), copy.title || copy.barcode))] : [];
    tell("stop", refusalWords(found)[0], { title: copy.title || text, lines: refusalWords(found).slice(1), actions });
    return;
  }
  const due = rules.dueOf(desk.book, reader, copy, now());
  await write("check_out", copy, reader.cards[0], { reader: reader.id, due: due ?? Infinity, renewals: 0, onsite: false, unit: "", governs: "" });
  tell("ok", dueWords(due, "lent", "lent_unknown"), { title: copy.title || copy.barcode });
  person();
};

const lendBlind = async (barcode) => {
  const copy = desk.book.unknown(barcode);
  await write("check_out", copy, desk.reader.cards[0], { reader: desk.reader.id, due: Infinity, renewals: 0, onsite: false, unit: "", governs: "" });
  tell("hold", say("lent_blind"), { title: barcode });
  person();
};

const renew = async (copy) => {
  if (copy.loan?.reader !== desk.reader?.id) return;  // taken back, or another's turn, by the time it was its own
  const found = rules.renewalRefusals(desk.book, desk.reader, copy, now());
  if (found.length) {
    tell("stop", refusalWords(found)[0], { title: copy.title, lines: refusalWords(found).slice(1) });
    return;
  }
  const due = rules.renewedDue(desk.book, desk.reader, copy, now());
  await write("renew", copy, desk.reader.cards[0], { ...copy.loan, due: due ?? copy.loan.due, renewals: copy.loan.renewals + 1 });
  tell("ok", dueWords(due, "renewed", "renewed_unknown"), { title: copy.title || copy.barcode });
  person();
};

const takeBack = async (barcode) => {
  const known = desk.book.copies.get(barcode);
  const copy = known ?? desk.book.unknown(barcode);
  const [code, values, tone] = known ? rules.whereTo(desk.book, copy, language) : ["returned_blind", {}, "hold"];
  if (tone === "stop") {
    tell(tone, say(code, values), { title: copy.title || barcode });
    return;
  }
  const late = copy.loan && copy.loan.due * 60_000 < now();
  await write("check_in", copy, "", null);
  tell(tone, say(code, values), { title: copy.title || barcode, lines: late ? [say("late")] : [] });
  const row = part("returned", { time: clockOf(now()), title: copy.title || barcode, barcode, what: say(code, values) });
  row.firstElementChild.dataset.keyOf = desk.last.event.key;
  byId("returned-rows").prepend(row);
  show("returned", true);
  show("returned-none", false);
};

const scan = async (text) => {
  if (desk.mode === "return") return takeBack(text);
  const copy = desk.book.copies.get(text);
  const reader = copy ? null : desk.book.cards.get(text);
  if (reader) {
    desk.reader = reader;
    byId("said").replaceChildren();
    return person();
  }
  if (!desk.reader) return tell("stop", say(copy ? "nobody" : "not_found", { text }), { title: copy?.title ?? "" });
  if (copy) return lend(text, copy);
  const actions = [button("blind", {}, () => inTurn(() => lendBlind(text), text))];
  return tell("stop", say("copy_unknown", { barcode: text }), { actions });
};

// --- what is seen

const person = () => {
  const { reader } = desk;
  show("person", Boolean(reader) && desk.mode === "lend");
  if (!reader) return byId("person").replaceChildren();
  const initials = reader.name.split(" ").slice(0, 2).map((word) => word[0]).join("");
  const until = dateOf(reader.lastDay * 86_400_000);
  byId("person").replaceChildren(part("person", { initials, name: reader.name, card: reader.cards[0], until }));
  byId("person").querySelector("[data-done] button").addEventListener("click", done);
  const rows = byId("person").querySelector("tbody");
  for (const copy of desk.book.loansOf(reader)) {
    const late = copy.loan.due * 60_000 < now() ? say("due_late") : "";
    const due = Number.isFinite(copy.loan.due) ? dateOf(copy.loan.due * 60_000) : "—";
    const title = copy.title || copy.barcode;
    const row = part("loan", { title, barcode: copy.barcode, due, late, what: title });
    row.querySelector("button").addEventListener("click", () => inTurn(() => renew(copy), title));
    rows.append(row);
  }
  const any = rows.childElementCount > 0;
  byId("person").querySelector("[data-none]").hidden = any;
  byId("person").querySelector("[data-table]").hidden = !any;
  return undefined;
};

const done = () => {
  desk.reader = null;
  byId("said").replaceChildren();
  person();
  byId("q").focus();
};

const turn = (mode) => {
  desk.mode = mode;
  byId("said").replaceChildren();
  for (const tab of document.querySelectorAll("[data-mode]")) {
    tab.toggleAttribute("aria-current", tab.dataset.mode === mode);
    if (tab.dataset.mode === mode) tab.setAttribute("aria-current", "page");
  }
  for (const each of document.querySelectorAll("[data-only]")) each.hidden = each.dataset.only !== mode;
  person();
  byId("q").focus();
};

const header = async () => {
  const left = await store.count("events");
  const since = (await store.get("kept", "line"))?.since;
  const line = desk.told ? say("line") : say("no_line", { time: clockOf(since ?? Date.now()) });
  byId("state").textContent = left ? `${line} · ${say("waiting", { count: numberOf(left) })}` : line;
  byId("state").dataset.state = desk.told ? "there" : "gone";
  show("undo", Boolean(desk.last));
  show("back", Boolean(desk.told?.login));
  show("sign-in", Boolean(desk.told) && !desk.told.login);
};

// --- opening

const read = async (extract, open) => {
  const lines = [];
  for (const row of await store.rowsOf(extract.made)) lines.push(...(await open(row, `${extract.made} ${row.number}`)).split("\n"));
  const book = new Book(lines);
  for (const event of await sending.waiting()) {
    again(book, event);
    desk.lastAt = Math.max(desk.lastAt, Date.parse(event.at));
  }
  return book;
};

const enter = async (login, password) => {
  const extract = await store.get("kept", "extract");
  const known = await store.get("logins", login);
  if (!extract || !known || !extract.keys[login]) return say("wrong_password");
  if (Date.parse(extract.goodUntil) < now()) return say("too_old");
  const open = await vault.opener(known, password, extract.keys[login]);
  if (!open) return say("wrong_password");
  const book = await read(extract, open);
  Object.assign(desk, { book, login });
  setZone(book.head.zone);
  show("open", false);
  show("prepare", false);
  show("work", true);
  byId("where").textContent = book.name("", language);
  turn("lend");
  return "";
};

const prepare = async (password) => {
  const { fits, wait } = await sending.proves(desk.told, password);
  if (!fits) return say(wait ? "wait" : "wrong_password_online");
  await store.put("logins", await vault.enrol(desk.told.login, desk.told.mark, password));
  const logins = await store.all("logins");
  await sending.fetchExtract(desk.told, logins, (rows) => { byId("progress").textContent = say("loading", { rows: numberOf(rows) }); });
  await navigator.storage?.persist?.();
  localStorage.setItem("kitabxana-line", "ready");
  await described();
  return "";
};

const described = async () => {
  const extract = await store.get("kept", "extract");
  if (!extract) return;
  const words = say("ready", { readers: numberOf(extract.readers), items: numberOf(extract.items), time: timeOf(Date.parse(extract.made)) });
  byId("progress").textContent = words;
};

// A form that tells what went wrong beside it, and is shut while it works.
const form = (id, act) => byId(id).addEventListener("submit", async (event) => {
  event.preventDefault();
  const sender = event.target.querySelector("button");
  const values = new FormData(event.target);
  sender.disabled = true;
  let wrong;
  try {
    wrong = await act(values);
  } catch {
    wrong = say("failed");
  }
  sender.disabled = false;
  event.target.querySelector("[type=password]").value = "";
  const place = event.target.querySelector("[role=alert]");
  place.hidden = !wrong;
  place.textContent = wrong;
});

const look = async () => {
  const before = desk.told;
  desk.told = await sending.state();
  desk.ahead = (await store.get("kept", "clock"))?.ahead ?? 0;
  if (desk.told) await store.put("kept", { name: "line", since: null });
  else if (before || !(await store.get("kept", "line"))?.since) await store.put("kept", { name: "line", since: Date.now() });
  if (desk.told) {
    const found = await sending.meet(desk.told);
    if (found.sent) {
      byId("notes").replaceChildren();
      note(found.conflicts ? "attention" : "ok", say(found.conflicts ? "sent_conflicts" : "sent_all"));
      desk.last = null;
    }
    if (found.left && found.why !== "no_line") {
      byId("notes").replaceChildren();
      note("attention", say(found.why, { library: found.unit ?? "" }));
    }
    show("conflicts", found.conflicts > 0 || !byId("conflicts").hidden);
  }
  await header();
};

const start = async () => {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-mode]");
    if (tab) turn(tab.dataset.mode);
  });
  byId("undo").addEventListener("click", () => inTurn(undo));
  form("open-form", (values) => enter(String(values.get("login")).trim(), String(values.get("password"))));
  form("prepare-form", (values) => prepare(String(values.get("password"))));
  byId("bar-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("q").value.trim();
    byId("q").value = "";
    if (text) inTurn(() => scan(text), text);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && desk.reader && !byId("q").value && !document.querySelector("dialog[open]")) done();
  });
  await look();
  const logins = await store.all("logins");
  const extract = await store.get("kept", "extract");
  for (const one of logins) byId("logins").append(new Option(one.login));
  if (logins.length === 1) byId("login").value = logins[0].login;
  show("open", Boolean(extract) && logins.length > 0);
  const mine = logins.some((one) => one.login === desk.told?.login);
  show("prepare", Boolean(desk.told?.may) && !mine && vault.possible());
  show("not-ready", !extract && !desk.told);
  show("not-private", !vault.possible());
  await described();
  const first = [...document.querySelectorAll("#open:not([hidden]) input, #prepare:not([hidden]) input")].find((one) => !one.value);
  first?.focus();
  navigator.serviceWorker?.register("/desk/worker.js", { scope: "/desk/" });
  addEventListener("online", look);
  addEventListener("offline", look);
  setInterval(look, OFTEN);
  document.body.dataset.started = "yes";
};

start();
