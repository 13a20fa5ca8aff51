// Keys. A login made ready here has a pair of keys: whoever has the open one can seal an extract for it, only its
// password opens the other. So the extract is renewed without the password, and a disk alone opens nothing.
const ROUNDS = 600_000;
const PAIR = { name: "RSA-OAEP", hash: "SHA-256" };
const subtle = globalThis.crypto?.subtle;
const bytes = (text) => new TextEncoder().encode(text);
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export const possible = () => Boolean(subtle);

const keyOf = async (password, salt, rounds) => {
  const material = await subtle.importKey("raw", bytes(password.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
};

// A login made ready: its pair of keys, the secret one sealed under the password.
export const enrol = async (login, mark, password) => {
  const shape = { ...PAIR, modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await subtle.generateKey(shape, true, ["wrapKey", "unwrapKey"]);
  const salt = random(16);
  const iv = random(12);
  const lock = await keyOf(password, salt, ROUNDS);
  return {
    login, mark, salt, iv, rounds: ROUNDS,
    open: await subtle.exportKey("jwk", pair.publicKey),
    sealed: await subtle.wrapKey("pkcs8", pair.privateKey, lock, { name: "AES-GCM", iv, additionalData: bytes(login) }),
  };
};

// A fresh key for one extract, wrapped for each login, and what seals with it. `label` ties a block to its place.
export const sealer = async (logins) => {
  const key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const keys = {};
  for (const one of logins) {
    const theirs = await subtle.importKey("jwk", one.open, PAIR, false, ["wrapKey"]);
    keys[one.login] = await subtle.wrapKey("raw", key, theirs, PAIR);
  }
  const seal = async (text, label) => {
    const iv = random(12);
    return { iv, data: await subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(label) }, key, bytes(text)) };
  };
  return { keys, seal };
};

// What opens the extract's blocks, or null where the password is not this login's.
export const opener = async (one, password, wrapped) => {
  try {
    const lock = await keyOf(password, one.salt, one.rounds);
    const how = { name: "AES-GCM", iv: one.iv, additionalData: bytes(one.login) };
    const secret = await subtle.unwrapKey("pkcs8", one.sealed, lock, how, PAIR, false, ["unwrapKey"]);
    const key = await subtle.unwrapKey("raw", wrapped, secret, PAIR, "AES-GCM", false, ["decrypt"]);
    return async ({ iv, data }, label) =>
      new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytes(label) }, key, data));
  } catch {
    return null;
  }
};
