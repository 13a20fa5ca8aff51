// The desk's own: scans wait in line while one is on its way, Escape goes back step by step, what failed is told.
(() => {
  "use strict";
  const waiting = [];
  let sending = false;

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
  const bar = () => document.querySelector("[data-bar]");
  const tellLost = (what) => {
    const note = document.getElementById("lost");
    if (!note) return;
    const told = note.querySelector("strong");
    told.textContent = [told.textContent, what].filter(Boolean).join(", ");
    note.hidden = false;
  };

  // A scanner is faster than the line to the server: what it reads meanwhile is kept and sent in order.
  const sendAll = async () => {
    if (sending) return;
    sending = true;
    while (waiting.length) {
      const { form, address, part, what, ...sent } = waiting.shift();
      // What is undone is the last scan when its turn has come: the page knows it by then.
      const shown = "undo" in form.dataset ? document.querySelector("form[data-undo]") : form;
      if (!shown) continue;
      const values = shown === form ? sent.values : new FormData(shown);
      let answered = false;
      let unreachable = true;
      // Sent again with the same key it is done once, also when only the answer was lost.
      for (let tries = 0; tries < 2 && unreachable; tries += 1) {
        const note = (event) => {
          answered = event.detail.successful === true;
          unreachable = event.detail.xhr?.status === 0;
        };
        document.addEventListener("htmx:afterRequest", note, { once: true });
        try {
          await htmx.ajax("POST", address, { target: part, swap: "innerHTML", values });
        } catch { /* told below */ }
        document.removeEventListener("htmx:afterRequest", note);
      }
      if (!answered) tellLost(what);
    }
    sending = false;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.part || typeof htmx === "undefined") return;
    event.preventDefault();
    const values = new FormData(form, event.submitter);
    const typed = String(values.get("q") ?? "").trim();
    if ("clear" in form.dataset || !values.get("once")) values.set("once", key());
    if ("clear" in form.dataset) {
      bar().value = "";
      if (!typed) return;
    }
    waiting.push({ form, address: form.action, part: form.dataset.part, values, what: typed || event.submitter?.textContent.trim() || "" });
    sendAll();
  });

  // The next barcode may be half typed when an answer comes: the caret stays behind it.
  document.addEventListener("htmx:afterSwap", () => {
    const box = bar();
    if (box && document.activeElement === box) box.setSelectionRange(box.value.length, box.value.length);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Escape: first the bar is emptied, then what was refused is put away, then the reader is done.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]") || bar()?.value) return;
    const next = document.querySelector("[data-put-away], [data-done] button");
    if (!next) return;
    event.preventDefault();
    next.click();
  }, true);
})();
