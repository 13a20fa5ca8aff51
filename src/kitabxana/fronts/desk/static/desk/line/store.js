// What this device keeps (IndexedDB): events that wait, logins made ready, the sealed extract, and what is known of it.
const STORES = { events: "key", logins: "login", rows: ["made", "number"], kept: "name" };
let opened;

const open = () => {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("kitabxana-desk", 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
};

// One transaction; resolves when it is on the disk, not when it was asked for.
const within = async (names, mode, work) => {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const asked = work(transaction);
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
};

export const all = (name, range) => within([name], "readonly", (t) => t.objectStore(name).getAll(range));
export const get = (name, key) => within([name], "readonly", (t) => t.objectStore(name).get(key));
export const count = (name) => within([name], "readonly", (t) => t.objectStore(name).count());
export const put = (name, value) => within([name], "readwrite", (t) => t.objectStore(name).put(value));
export const remove = (name, keys) => within([name], "readwrite", (t) => {
  for (const key of keys) t.objectStore(name).delete(key);
});

const ofOne = (made) => IDBKeyRange.bound([made], [made, []]);
export const rowsOf = (made) => all("rows", ofOne(made));

// From now on this extract is the one: the others' rows go in the same step.
export const turnTo = (extract) => within(["rows", "kept"], "readwrite", (t) => {
  t.objectStore("kept").put(extract);
  t.objectStore("rows").delete(IDBKeyRange.upperBound([extract.made], true));
  t.objectStore("rows").delete(IDBKeyRange.lowerBound([extract.made, []], true));
});

// Everything but what waits to be sent.
export const wipe = () => within(["rows", "logins", "kept"], "readwrite", (t) => {
  t.objectStore("rows").clear();
  t.objectStore("logins").clear();
  t.objectStore("kept").delete("extract");
});
