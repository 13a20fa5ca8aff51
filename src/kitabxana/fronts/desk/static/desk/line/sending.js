// Between this device and the server: who is signed in, what waits is sent, the extract is fetched anew.
import * as store from "./store.js";
import * as vault from "./vault.js";

const AT_ONCE = 100;
const BLOCK = 1000;
const FRESH = 30 * 60_000;
const PLACE = "/desk/without-line/";

const post = (name, csrf, body, type) => fetch(`${PLACE}${name}/`, {
  method: "POST", body, redirect: "manual", credentials: "same-origin",
  headers: { "X-CSRFToken": csrf, ...(type ? { "Content-Type": type } : {}) },
});

// What the server says of this login, or null when there is no line. The clock's error is kept for the events' times.
export const state = async () => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 8000);
  try {
    const asked = Date.now();
    const answer = await fetch(`${PLACE}state/`, { credentials: "same-origin", cache: "no-store", signal: stop.signal });
    if (!answer.ok) return null;
    const told = await answer.json();
    await store.put("kept", { name: "clock", ahead: Date.parse(told.now) - (asked + Date.now()) / 2 });
    return told;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};

// The server's time as far as this device knows it.
export const now = async () => Date.now() + ((await store.get("kept", "clock"))?.ahead ?? 0);

export const waiting = async () => {
  const events = await store.all("events");  // no two at one moment: `desk.js` sees to that
  return events.sort((one, other) => (one.at < other.at ? -1 : 1));
};

// Sends what waits, oldest first; of two pages only one sends. Sent again, an event is still done once: it has its key.
export const send = (told) => navigator.locks.request("kitabxana-sending", async () => {
  const found = { sent: 0, conflicts: 0, left: 0, why: "" };
  for (let events = await waiting(); events.length; events = await waiting()) {
    const unit = events[0].unit;
    const some = events.filter((one) => one.unit === unit).slice(0, AT_ONCE);
    const body = JSON.stringify({ unit, events: some.map(({ key, kind, barcode, card, at, by }) => ({ key, kind, barcode, card, at, by })) });
    let answer;
    let answers;
    try {
      answer = await post("send", told.csrf, body, "application/json");
      if (answer.ok) ({ answers } = await answer.json());
    } catch {
      return { ...found, left: events.length, why: "no_line" };
    }
    if (!answer.ok) {
      const why = answer.type === "opaqueredirect" ? "sign_in" : answer.status === 403 ? "not_here" : "failed";
      return { ...found, left: events.length, why, unit };
    }
    await store.remove("events", answers.map((one) => one.key));
    found.sent += answers.length;
    found.conflicts += answers.filter((one) => one.outcome === "conflict").length;
  }
  if (found.sent) await store.put("kept", { name: "sent", ...found });
  return found;
});

export const proves = async (told, password) => {
  const answer = await post("password", told.csrf, new URLSearchParams({ password }));
  if (!answer.ok) throw new Error(`password: ${answer.status}`);
  return answer.json();
};

// Lines of a body as they come, however they are cut on the way.
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const whole = (rest + part.value).split("\n");
    rest = whole.pop();
    yield* whole;
  }
  if (rest) yield rest;
}

// Fetches the extract and keeps it sealed for these logins; the one before stays until this one is whole.
export const fetchExtract = (told, logins, onRow = () => {}) => navigator.locks.request("kitabxana-extract", async () => {
  const answer = await post("extract", told.csrf);
  if (!answer.ok) throw new Error(`extract: ${answer.status}`);
  const { keys, seal } = await vault.sealer(logins);
  const found = { head: null, end: null, rows: 0, blocks: 0 };
  let block = [];
  const keep = async () => {
    const number = found.blocks++;
    const sealed = await seal(block.join("\n"), `${found.head.made} ${number}`);
    await store.put("rows", { made: found.head.made, number, ...sealed });
    block = [];
  };
  for await (const line of lines(answer.body)) {
    if (!line) continue;
    if (!found.head) found.head = JSON.parse(line);
    if (line.startsWith('{"end"')) found.end = JSON.parse(line).end;
    else found.rows += 1;
    block.push(line);
    if (block.length === BLOCK) {
      await keep();
      onRow(found.rows);
    }
  }
  if (!found.end || found.end.readers + found.end.items !== found.rows - 1) throw new Error("extract: cut");
  await keep();
  const { made, unit, names, good_until: goodUntil } = found.head;
  await store.turnTo({ name: "extract", made, unit, names, goodUntil, keys, blocks: found.blocks, ...found.end, fetched: Date.now() });
});

// A password that changed, or a permission that ended: what was kept for that login goes.
export const forgetOld = async (told) => {
  const known = await store.get("logins", told.login);
  if (!known || (known.mark === told.mark && told.allowed)) return;
  const others = (await store.all("logins")).filter((one) => one.login !== told.login);
  if (!others.length) return store.wipe();
  await store.remove("logins", [told.login]);
  const extract = await store.get("kept", "extract");
  if (extract) {
    delete extract.keys[told.login];
    await store.put("kept", extract);
  }
};

// On every page of the desk: send what waits, and take a fresh extract where this login was made ready.
export const meet = async (told) => {
  const found = told.login ? await send(told) : { sent: 0, conflicts: 0, left: await store.count("events"), why: "sign_in" };
  if (!told.login) return found;
  await forgetOld(told);
  const logins = await store.all("logins");
  if (!told.may || !logins.some((one) => one.login === told.login)) return found;
  const extract = await store.get("kept", "extract");
  const stale = !extract || extract.unit !== told.unit || Date.now() - extract.fetched > FRESH || found.sent > 0
    || logins.some((one) => !(one.login in extract.keys));
  if (stale) await fetchExtract(told, logins).catch(() => {});
  return found;
};
