// Suggestions under the search box (WAI-ARIA combobox with a list). Without it the box searches as ever.
(() => {
  "use strict";
  const WAIT = 150;
  const attach = (form) => {
    const box = form.querySelector("input[type=search]");
    const list = form.querySelector("[role=listbox]");
    let timer;
    let asked = "";
    let chosen = -1;
    const options = () => [...list.querySelectorAll("[role=option]")];
    const close = () => {
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const choose = (index) => {
      const all = options();
      if (!all.length) return;
      chosen = (index + all.length + 1) % (all.length + 1);
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
      if (chosen < all.length) {
        box.setAttribute("aria-activedescendant", all[chosen].id);
        all[chosen].scrollIntoView({ block: "nearest" });
      } else {
        box.removeAttribute("aria-activedescendant");
      }
    };
    const ask = async () => {
      const typed = box.value.trim();
      if (typed === asked && !list.hidden) return;
      asked = typed;
      if (typed.length < 2 || typed.includes(":")) return close();
      try {
        const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(typed)}`);
        if (!answer.ok || asked !== box.value.trim()) return;
        list.innerHTML = await answer.text();
      } catch {
        return close();  // no line: the box still searches
      }
      chosen = options().length;
      list.hidden = !options().length || document.activeElement !== box;
      box.setAttribute("aria-expanded", String(!list.hidden));
    };
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    box.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && options()[chosen]) location.assign(options()[chosen].dataset.address);
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());  // the box keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.address);
    });
    box.addEventListener("blur", () => setTimeout(() => form.contains(document.activeElement) || close(), WAIT));
    form.addEventListener("submit", close);
  };
  for (const form of document.querySelectorAll("form[data-suggest]")) attach(form);
})();
