// What pages do beyond HTML: theme, desk keys, focus after swaps, sounds. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${secure}`;
  };
  const remembered = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];

  // Theme: the switch turns to the other of what is seen; without a choice the device's own setting holds.
  const isDark = () =>
    root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const showTheme = () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) button.setAttribute("aria-pressed", isDark());
  };

  // Sound at the desk: one or two short tones, made here; off until asked for. A browser may let a page sound only after
  // its first key or click: sound is woken each time, and what it lets be heard too late is dropped.
  const soundIsOn = () => remembered("sound") === "on";
  const showSound = () => {
    for (const button of document.querySelectorAll("[data-sound-switch]")) button.setAttribute("aria-pressed", soundIsOn());
  };
  let audio;
  const tones = { ok: [880], hold: [660, 880], send: [660, 660], stop: [220, 180] };
  const play = async (kind) => {
    if (!soundIsOn() || !tones[kind]) return;
    audio ??= new AudioContext();
    const asked = performance.now();
    if (audio.state !== "running") await audio.resume();
    if (performance.now() - asked > 500) return;
    tones[kind].forEach((frequency, index) => {
      const start = audio.currentTime + index * 0.16;
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      oscillator.frequency.value = frequency;
      gain.gain.setValueAtTime(0.14, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.15);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(start);
      oscillator.stop(start + 0.15);
    });
  };

  document.addEventListener("click", (event) => {
    const hit = (name) => event.target.closest(`[data-${name}]`);
    if (hit("theme-switch")) {
      root.dataset.bsTheme = isDark() ? "light" : "dark";
      remember("theme", root.dataset.bsTheme);
      showTheme();
    } else if (hit("sound-switch")) {
      remember("sound", soundIsOn() ? "off" : "on");
      showSound();
      play("ok");
    } else if (hit("keys-open")) {
      document.getElementById("keys")?.showModal();
    } else if (hit("keys-close")) {
      document.getElementById("keys")?.close();
    } else if (hit("print")) {
      print();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // Keys: `?` shows them, `/` goes to the bar, Alt + a link's data-key follows it, Escape empties the bar,
  // and on an empty bar it leaves by the link marked data-done.
  document.addEventListener("keydown", (event) => {
    const bar = document.querySelector("[data-bar]");
    const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    const empty = event.target === bar && bar.value === "";
    if (event.key === "?" && (!typing || empty)) {
      const keys = document.getElementById("keys");
      if (keys && !keys.open) {
        event.preventDefault();
        keys.showModal();
      }
    } else if (event.key === "/" && !typing && bar) {
      event.preventDefault();
      bar.focus();
      bar.select();
    } else if (event.key === "Escape" && event.target === bar) {
      if (bar.value === "") document.querySelector("[data-done]")?.click();
      bar.value = "";
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && event.code) {
      const key = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
      const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (target) {
        event.preventDefault();
        target.click();
      }
    }
  });

  // Menus: one open at a time; a click elsewhere or Escape shuts it, and Escape goes back to its name.
  const openMenu = () => document.querySelector("[data-menu][open]");
  document.addEventListener("click", (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = openMenu();
    if (!menu || event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }, true);

  // After a swap the focus goes where the new part asks for it, else back to the bar, which is ready for the next scan.
  const settle = (part) => {
    const wanted = part.querySelector?.("[data-focus]") ?? (part.matches?.("[data-focus]") ? part : null);
    const bar = document.querySelector("[data-bar]");
    if (wanted) wanted.focus();
    else if (bar && (document.activeElement === document.body || document.activeElement === bar)) {
      bar.focus();
      bar.select();
    }
    const say = part.matches?.("[data-say]") ? part : part.querySelector?.("[data-say]");
    if (say) play(say.dataset.say);
  };
  document.addEventListener("htmx:afterSwap", (event) => settle(event.detail.elt));
  document.addEventListener("htmx:afterSettle", () => {
    showTheme();
    showSound();
  });

  showTheme();
  showSound();
  settle(document.body);
})();
