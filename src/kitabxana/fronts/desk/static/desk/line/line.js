// On every page of the desk: what waits is sent, the extract is kept fresh, and signing out takes it away.
import * as sending from "./sending.js";
import * as store from "./store.js";

const badge = document.getElementById("line");
const ready = () => localStorage.getItem("kitabxana-line") === "ready";

const tell = async (left) => {
  badge.hidden = !left;
  badge.querySelector("[data-count]").textContent = left.toLocaleString(document.documentElement.lang);
};

const meet = async () => {
  await tell(await store.count("events"));
  const told = await sending.state();
  if (told) await sending.meet(told);
  await tell(await store.count("events"));
};

// The session must not end before the extract is gone from the disk; what waits to be sent stays.
document.addEventListener("submit", async (event) => {
  if (!ready() || !event.target.matches("[data-leaves]")) return;
  event.preventDefault();
  try {
    await store.wipe();
  } finally {
    if (!(await store.count("events").catch(() => 0))) localStorage.removeItem("kitabxana-line");
    event.target.submit();
  }
});

if (ready()) {
  const go = document.querySelector("#lost a");
  if (go) go.hidden = false;
  navigator.serviceWorker?.register("/desk/worker.js", { scope: "/desk/" });
  addEventListener("online", meet);
  meet();
}
