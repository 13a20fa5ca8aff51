// A record being edited, in either mode: Ctrl+S saves, what is typed is checked and kept as a draft a moment later,
// a finding leads to its place, and what is not kept yet is not left by mistake.
(() => {
  "use strict";
  const form = document.querySelector("[data-record-form]");
  if (!form) return;
  const CHECK = 700;
  const PREVIEW = 1500;
  const preview = form.querySelector("[data-preview]");
  const text = form.querySelector("#text");
  let unkept = false;
  let saving = false;
  let timer;
  let later;

  const check = () => htmx.trigger(form, "check");
  const refresh = () => { if (preview.open) htmx.trigger(preview, "refresh"); };
  const changed = () => {
    unkept = true;
    clearTimeout(timer);
    clearTimeout(later);
    timer = setTimeout(check, CHECK);
    later = setTimeout(refresh, PREVIEW);
  };
  form.addEventListener("input", (event) => { if (event.target.name || event.target === form) changed(); });
  preview.addEventListener("toggle", refresh);
  addEventListener("load", refresh);

  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    form.querySelector("[data-lost]").hidden = event.detail.successful;
    if (event.detail.successful) unkept = false;
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", () => { saving = true; });
  addEventListener("beforeunload", (event) => { if (unkept && !saving) event.preventDefault(); });

  document.addEventListener("click", (event) => {
    const number = Number(event.target.closest("[data-line]")?.dataset.line);
    if (!number || !text) return;
    const lines = text.value.split("\n");
    const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    text.scrollTop = (number - 4) * (text.scrollHeight / lines.length);
  });
})();
