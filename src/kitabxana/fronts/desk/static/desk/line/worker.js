// The service worker of /desk/: when the server can't be reached, the desk that needs none takes its place.
// `house` (the name of what is kept, the page, the files) is written before this by the server.
"use strict";
const CUT = new Set([502, 503, 504]);
const PATIENCE = 8000;
const prefix = "kitabxana-desk-";

// Only a true page of ours is kept: no redirect, no error of a proxy.
const keep = async (cache, address) => {
  const answer = await fetch(address, { cache: "reload", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await cache.put(address, answer);
};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(prefix + house.name);
    await Promise.all([house.page, ...house.kept].map((address) => keep(cache, address)));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== prefix + house.name);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// A line that hangs is as good as cut; a form that is being sent is waited for, since it may have been done.
const asked = async (request) => {
  const stop = new AbortController();
  const timer = request.method === "GET" ? setTimeout(() => stop.abort(), PATIENCE) : 0;
  try {
    return await fetch(request, { signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
};

const page = async (request) => {
  try {
    const answer = await asked(request);
    if (!CUT.has(answer.status)) return answer;
  } catch { /* told by the page that takes its place */ }
  const kept = await (await caches.open(prefix + house.name)).match(house.page);
  return kept ?? Response.error();
};

const file = async (request) => (await (await caches.open(prefix + house.name)).match(request)) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (event.request.method === "GET" && house.kept.includes(address.pathname)) event.respondWith(file(event.request));
});
