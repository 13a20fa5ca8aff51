// The form of a record by keyboard: rows are moved, repeated, added and taken out here; the server does the same for
// who has no script. Rows, builders and what may be chosen come from the server when they are wanted.
(() => {
  "use strict";
  const form = document.querySelector("[data-record-form]");
  const rows = document.getElementById("rows");
  if (!form || !rows) return;
  const WAIT = 250;
  const fixedRow = (tag) => rows.querySelector(`[data-tag="${tag}"] input[name^=c]`);
  const told = () => form.dispatchEvent(new Event("input"));
  const inside = (row) => [...row.querySelectorAll(".k-sub input.form-control, .k-sub textarea, input[name^=c], textarea[name^=l]")];
  const enter = (row) => inside(row)[0]?.focus();
  const next = () => Math.max(...[...rows.children].map((row) => Number(row.dataset.row))) + 1;

  // On a narrow screen a row shows what it says and its first empty box, until somebody has been in it.
  form.classList.add("k-folds");
  rows.addEventListener("focusin", (event) => event.target.closest(".k-row")?.classList.add("k-open"));

  const numbered = (row, number) => {
    const old = row.dataset.row;
    row.dataset.row = number;
    row.id = `f${number}`;
    row.querySelector("[name=f]").value = number;
    for (const one of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "htmlFor"]) {
        if (one[name]) one[name] = one[name].replace(new RegExp(`^([a-z])${old}(?=-|$)`), `$1${number}`);
      }
      if (one.classList.contains("k-ind")) one.setAttribute("aria-describedby", `n${number}`);
      if (one.name === "act") one.value = one.value.replace(/\d+$/, number);
    }
    return row;
  };
  const steps = {
    up: (row) => { if (row.previousElementSibling?.dataset.tag !== "LDR") row.previousElementSibling?.before(row); },
    down: (row) => row.nextElementSibling?.after(row),
    again: (row) => {
      const more = numbered(row.cloneNode(true), next());
      for (const box of inside(more)) box.value = "";
      row.after(more);
      enter(more);
    },
    away: (row) => {
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      enter(near);
    },
    plus: (row) => {
      const model = row.querySelector(".k-sub:last-child");
      if (!model) return;
      const more = model.cloneNode(true);
      const box = more.querySelector("textarea, input.form-control");
      const fresh = document.createElement("textarea");
      fresh.className = "form-control form-control-sm";
      fresh.name = box.name;
      fresh.rows = 1;
      fresh.dir = "auto";
      fresh.id = `v${row.dataset.row}-${row.querySelectorAll(".k-sub").length}-${Date.now()}`;
      box.replaceWith(fresh);
      const label = more.querySelector("label");
      label.htmlFor = fresh.id;
      label.textContent = row.querySelector("[value^=plus]").getAttribute("aria-label");
      more.querySelector(".k-code").value = "";
      row.append(more);
      more.querySelector(".k-code").focus();
    },
  };
  const fetched = async (address, values) => {
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(values)}`, { headers: { "HX-Request": "true" } });
      return answer.ok ? await answer.text() : "";
    } catch {
      return "";  // no line: the form still saves
    }
  };
  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.querySelector("li");
  };
  const add = async (tag) => {
    const html = await fetched(form.dataset.rowUrl, { tag, n: next(), framework: form.elements.framework.value });
    const row = made(html);
    if (!row) return;
    const before = [...rows.children].filter((one) => one.dataset.tag && (one.dataset.tag === "LDR" || one.dataset.tag <= tag));
    (before.at(-1) ?? rows.lastElementChild).after(row);
    enter(row);
    told();
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=act]");
    if (!button) return;
    event.preventDefault();
    if (button.value === "add") {
      const box = form.elements.add;
      const tag = box.value.trim();
      box.value = "";
      if (tag.length === 3) add(tag);
      return;
    }
    const row = button.closest("[data-row]");
    steps[button.value.split(":")[0]](row);
    if (row.isConnected && /^(up|down)/.test(button.value)) button.focus();
    told();
  });

  // Alt with a key works on the row where one is; Enter goes on to the next box, and adds the field that was named.
  const keys = { ArrowUp: "up", ArrowDown: "down", KeyK: "again", KeyX: "away", KeyS: "plus" };
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      if (event.code === "KeyA") { event.preventDefault(); form.elements.add.focus(); return; }
      const button = row?.querySelector(`[name=act][value^="${keys[event.code]}:"]`);
      if (!button) return;
      event.preventDefault();
      const box = event.target;
      button.click();
      if (row.isConnected && /^Arrow/.test(event.code)) box.focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.shiftKey && !event.defaultPrevented) {
      if (event.target === form.elements.add) {
        event.preventDefault();
        form.querySelector("button[value=add]").click();
      } else if (row && !event.target.name.startsWith("l") && event.target.matches("input, textarea")) {
        event.preventDefault();
        const all = [...rows.querySelectorAll(".k-sub input.form-control, .k-sub textarea, input[name^=c]")];
        const at = all.indexOf(event.target);
        if (at >= 0) (all[at + 1] ?? form.elements.add).focus();
      }
    }
  });

  // A finding leads to its row and box.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-to]");
    const row = button && document.getElementById(`f${button.dataset.to}`);
    if (!row) return;
    for (const details of row.querySelectorAll("details")) details.open = row.classList.contains("k-row--lines");
    const code = [...row.querySelectorAll(".k-code")].find((one) => one.value === button.dataset.code);
    const box = code?.parentElement.querySelector("textarea, input.form-control") ?? inside(row)[0];
    row.scrollIntoView({ block: "center" });
    box?.focus();
  });

  // Builders of leader, 006, 007 and 008: opened, they put each choice into its place of the field.
  const build = async (details, first = "") => {
    const row = details.closest("[data-row]");
    const field = row.querySelector("input[name^=c]");
    const values = { tag: details.dataset.build, value: field.value, leader: fixedRow("LDR")?.value ?? "", first };
    details.querySelector("div").innerHTML = await fetched(form.dataset.fixedUrl, values);
    if (first) field.value = details.querySelector("[data-text]")?.dataset.text ?? field.value;
  };
  rows.addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-build]") && event.target.open) build(event.target);
  }, true);
  rows.addEventListener("change", async (event) => {
    const box = event.target;
    const details = box.closest("[data-build]");
    if (!details || !box.dataset.start) return;
    const [start, end] = [Number(box.dataset.start), Number(box.dataset.end)];
    const field = details.closest("[data-row]").querySelector("input[name^=c]");
    if (start === 0 && /^00[67]$/.test(details.dataset.build)) {
      await build(details, box.value);
    } else {
      const whole = field.value.padEnd(end, "#");
      field.value = whole.slice(0, start) + box.value.padEnd(end - start, "#").slice(0, end - start) + whole.slice(end);
    }
    told();
  });

  // What may stand in a box (WAI-ARIA combobox with a list): codes, authorised values, authorities.
  const list = document.createElement("ul");
  list.id = "look";
  list.className = "k-look-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector("label[for=add]").textContent);
  list.hidden = true;
  form.append(list);
  let box = null;
  let timer;
  let chosen = -1;
  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    chosen = -1;
    box?.setAttribute("aria-expanded", "false");
    box?.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    const all = options();
    chosen = (at + all.length) % all.length;
    all.forEach((one, place) => one.setAttribute("aria-selected", String(place === chosen)));
    box.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async (everything = false) => {
    const here = box;
    const q = here.value.trim();
    if (q.length < 2 && !(everything && here.dataset.look !== "authority")) return close();
    const values = new FormData();
    values.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    values.set("q", everything && q.length > 2 ? "" : q);
    values.set("list", here.dataset.look);
    if (here.dataset.look === "authority") {
      for (const one of here.closest("[data-row]").querySelectorAll("[name]:not(button)")) values.append(one.name, one.value);
    }
    let html = "";
    try {
      const answer = await fetch(form.dataset.lookUrl, { method: "POST", body: values });
      html = answer.ok ? await answer.text() : "";
    } catch { /* no line: the text stands as it is typed */ }
    if (here !== box || document.activeElement !== here) return;
    list.innerHTML = html.trim();
    here.closest(".k-sub").append(list);
    list.hidden = !options().length;
    chosen = -1;
    here.setAttribute("aria-expanded", String(!list.hidden));
  };
  const choose = async (option) => {
    const here = box;
    close();
    if (option.dataset.line) {
      const row = here.closest("[data-row]");
      form.append(list);
      const fresh = made(await fetched(form.dataset.rowUrl, { line: option.dataset.line, n: row.dataset.row, framework: form.elements.framework.value }));
      if (!fresh) return;
      row.replaceWith(fresh);
      enter(fresh);
    } else {
      here.value = option.dataset.value;
      here.dispatchEvent(new Event("change", { bubbles: true }));
    }
    told();
  };
  form.addEventListener("focusin", (event) => {
    if (!event.target.matches("[data-look]") || event.target === box) return;
    box = event.target;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "look"], ["aria-expanded", "false"]]) box.setAttribute(name, value);
  });
  form.addEventListener("focusout", (event) => {
    if (event.target === box) setTimeout(() => { if (document.activeElement !== box) { close(); box = null; } }, WAIT);
  });
  form.addEventListener("input", (event) => {
    if (event.target !== box) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  form.addEventListener("keydown", (event) => {
    if (event.target !== box || event.isComposing) return;
    if (event.altKey && event.code === "KeyL") { event.preventDefault(); ask(true); return; }
    if (list.hidden || event.altKey) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && options()[chosen]) choose(options()[chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  list.addEventListener("mousedown", (event) => event.preventDefault());  // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  if (!document.activeElement || document.activeElement === document.body) {
    if (!form.elements.record) rows.querySelector(".k-sub textarea, .k-sub input.form-control")?.focus();
  }
})();
