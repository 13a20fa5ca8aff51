// Words and shapes: sentences from the page's own block of texts, parts from its templates. Nothing is ever markup.
const texts = JSON.parse(document.getElementById("texts").textContent);
export const language = document.documentElement.lang;
let zone;  // until the list is open: the device's own
export const setZone = (name) => { zone = name; };

// Digits and zone come from the browser, words and order from the server: browsers lack some of our languages.
const digits = (milliseconds) => {
  const shape = { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return Object.fromEntries(new Intl.DateTimeFormat("en", shape).formatToParts(milliseconds).map(({ type, value }) => [type, value]));
};
export const dateOf = (milliseconds) => {
  const { year, month, day } = digits(milliseconds);
  const words = { d: day, MMMM: texts.months[month - 1], y: year };
  return texts.day.replace(/'([^']*)'|d|MMMM|y/g, (what, quoted) => quoted ?? words[what]);
};
export const clockOf = (milliseconds) => {
  const { hour, minute } = digits(milliseconds);
  return `${hour}:${minute}`;
};
export const timeOf = (milliseconds) => `${dateOf(milliseconds)}, ${clockOf(milliseconds)}`;
export const numberOf = (number) => number.toLocaleString(language);

// The sentence for a code; %(name)s is filled from `values`, a `date` among them written as the language writes it.
export const say = (code, values = {}) => texts[code].replace(/%\((\w+)\)s/g, (_, name) =>
  name === "date" && typeof values.date === "number" ? dateOf(values.date) : String(values[name] ?? ""));

export const byId = (id) => document.getElementById(id);
export const show = (id, visible) => { byId(id).hidden = !visible; };

// A copy of the template `name` with its [data-is] parts filled; a part without a word is left out.
export const part = (name, values) => {
  const piece = byId(`part-${name}`).content.cloneNode(true);
  for (const place of piece.querySelectorAll("[data-is]")) {
    const value = values[place.dataset.is];
    if (value === undefined || value === "" || value === null) place.remove();
    else place.append(value);
  }
  return piece;
};

// The big word after a scan; the house plays its tone.
export const tell = (tone, headline, { title = "", lines = [], actions = [] } = {}) => {
  const piece = part(`say-${tone}`, { headline, title });
  const section = piece.firstElementChild;
  for (const line of lines) section.querySelector("div").append(part("line", { line }));
  if (actions.length) {
    const row = document.createElement("div");
    row.className = "k-line-actions";
    row.append(...actions);
    section.append(row);
  }
  byId("said").replaceChildren(section);
  document.dispatchEvent(new CustomEvent("htmx:afterSwap", { detail: { elt: section } }));
};

export const note = (tone, text) => byId("notes").append(part(`note-${tone}`, { text }));
export const button = (name, values, act) => {
  const piece = part(name, values);
  piece.querySelector("button").addEventListener("click", act);
  return piece.firstElementChild;
};
