// The record as lines: Ctrl+S saves, a finding leads to its line, unsaved lines are not left by mistake.
(() => {
  "use strict";
  const form = document.querySelector("[data-record-form]");
  const text = form?.querySelector("textarea");
  if (!text) return;
  const opened = text.value;
  let saving = false;

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.addEventListener("submit", () => { saving = true; });
  addEventListener("beforeunload", (event) => {
    if (!saving && text.value !== opened) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const number = Number(event.target.closest("[data-line]")?.dataset.line);
    if (!number) return;
    const lines = text.value.split("\n");
    const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    text.scrollTop = (number - 4) * (text.scrollHeight / lines.length);
  });
})();
