// Duplicates by keys: M merges, N says that they are two, S comes back to them later, a number lets that record stay.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const target = document.querySelector(`[data-press="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
  // A merge that is on its way is not sent a second time.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-duplicate]")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
})();
