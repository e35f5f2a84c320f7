// Hands over what the author opens, if it is one of the pages that Pubwatch watches; and opens them one
// after the other when she asks for it. It knows no other page, and asks nobody but Pubwatch.
"use strict";
// Firefox loads both scripts by the manifest.
if (typeof importScripts === "function") importScripts("cut.js");

const api = globalThis.browser ?? chrome;
// A list of the pages that are watched is believed for so long, in milliseconds.
const FRESH = 10 * 60 * 1000;
// A page may take so long to load, in milliseconds.
const PATIENCE = 60 * 1000;
// What is done by itself is done once in so long, in milliseconds.
const DAY = 24 * 60 * 60 * 1000;
// The tabs that this extension opened itself: what is seen in them is waited for.
const opened = new Map();

const sleep = (time) => new Promise((done) => setTimeout(done, time));

// Whom it was paired with: by a code in the panel, or by the folder that it was written into.
async function pairing() {
  const written = await fetch(api.runtime.getURL("pairing.json")).then((file) => file.json()).catch(() => null);
  const { pairing } = await api.storage.local.get("pairing");
  const both = { ...written, ...pairing };
  if (!both.token) throw new Error("This companion is not paired yet: paste the code from Pubwatch's settings below.");
  // A folder that was written for one address may speak with no other.
  return { ...both, address: written?.address ?? both.address };
}

async function ask(path, body) {
  const { address, token } = await pairing();
  const asked = fetch(address + path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    credentials: "omit",
  });
  const answer = await asked.catch(() => {
    throw new Error(`Pubwatch does not answer at ${address}. Is \`pubwatch run\` running?`);
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

// The code of Pubwatch's settings: its address and a token.
async function pair(code) {
  const [address, token] = code.trim().split(/\s+/);
  if (!/^https?:\/\//.test(address) || !token) throw new Error("This is no code: it begins with http and has two parts.");
  const { pairing: before } = await api.storage.local.get("pairing");
  await api.storage.local.set({ pairing: { address: address.replace(/\/$/, ""), token } });
  try {
    return await watched(true);
  } catch (error) {
    await (before ? api.storage.local.set({ pairing: before }) : api.storage.local.remove("pairing"));
    throw error;
  }
}

async function watched(fresh) {
  const { list } = await api.storage.session.get("list");
  if (!fresh && list && Date.now() - list.at < FRESH) return list;
  const got = { ...(await ask("/api/v1/watched")), at: Date.now() };
  await api.storage.session.set({ list: got });
  return got;
}

// Whether the person has let this extension look at the store of a page. Patterns know no ports.
function isAllowed({ address }) {
  const { protocol, hostname } = new URL(address);
  return api.permissions.contains({ origins: [`${protocol}//${hostname}/*`] });
}

// The watched page that stands at an address: the same host, and its path or its number in it.
function pageAt(list, address) {
  const here = new URL(address);
  return list.pages.find((page) => {
    const there = new URL(page.address);
    if (here.host !== there.host) return false;
    const plain = (here.pathname + here.search).replaceAll("-", "").toUpperCase();
    return here.pathname === there.pathname || page.numbers.some((number) => plain.includes(number));
  });
}

async function badge(text, colour) {
  await api.action.setBadgeText({ text });
  await api.action.setBadgeBackgroundColor({ color: colour });
}

async function say(line) {
  const { said = [] } = await api.storage.session.get("said");
  await api.storage.session.set({ said: [line, ...said].slice(0, 12) });
}

async function hand(tab, address) {
  const page = pageAt(await watched(false), address);
  if (!page) return null;
  const [{ result }] = await api.scripting.executeScript({
    target: { tabId: tab }, func: cut, args: [page.parts],
  });
  const answer = await ask("/api/v1/observations", {
    address, html: result, seen_at: new Date().toISOString(),
  });
  const name = `${page.title} (${page.format}) at ${page.store}`;
  const isRead = answer.outcome !== "not_read";
  await say(isRead ? `${name}: ${answer.state}. ${answer.verdict ?? ""}` : `${name}: not read: ${answer.why}`);
  await badge(isRead ? "✓" : "?", isRead ? "#1a7f37" : "#9a6700");
  return answer;
}

async function complain(error) {
  await say(`Pubwatch: ${error.message}`);
  await badge("!", "#cf222e");
}

// Where the person has not allowed it, it is told no address.
api.tabs.onUpdated.addListener((tab, change, { url }) => {
  if (change.status !== "complete" || !url) return;
  const work = hand(tab, url).catch(async (error) => {
    await complain(error);
    return { outcome: "failed" };
  });
  const waiting = opened.get(tab);
  if (waiting) work.then((answer) => waiting(answer ?? { outcome: "not_read" }));
});

// Waits as long, in steps that keep a service worker awake.
async function pause(milliseconds) {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    await sleep(Math.min(10_000, until - Date.now()));
    await api.storage.session.get("list");
  }
}

async function seenInATab(address) {
  const tab = await api.tabs.create({ url: "about:blank", active: false });
  try {
    const seen = new Promise((done) => opened.set(tab.id, done));
    await api.tabs.update(tab.id, { url: address });
    return await Promise.race([seen, sleep(PATIENCE).then(() => ({ outcome: "failed" }))]);
  } finally {
    opened.delete(tab.id);
    await api.tabs.remove(tab.id).catch(() => {});
  }
}

// What waits for her eyes: one tab after the other, with the store's pause between two pages of one
// store, also from one time to the next. One that shows no page of ours is left alone for the rest, and
// for a day by what is done by itself.
let looking = null;
async function look(isByItself) {
  const list = await watched(true);
  const { last = {} } = await api.storage.session.get("last");
  const { refused = {} } = await api.storage.local.get("refused");
  const left = new Map();
  const closed = new Set();
  let seen = 0;
  for (const page of list.pages.filter((page) => page.due)) {
    const { host } = new URL(page.address);
    if (!(await isAllowed(page))) closed.add(page.store);
    if (closed.has(page.store) || left.has(host) || (isByItself && Date.now() < refused[host])) continue;
    if (last[host]) await pause(last[host] + list.pause_seconds * 1000 - Date.now());
    const answer = await seenInATab(page.address);
    last[host] = Date.now();
    await api.storage.session.set({ last });
    if (answer.outcome === "not_read" || answer.outcome === "failed") {
      left.set(host, page.store);
      refused[host] = Date.now() + DAY;
      await api.storage.local.set({ refused });
    } else seen += 1;
  }
  for (const store of left.values()) await say(`${store} showed no page of yours, so the rest of it was left alone.`);
  return { seen, closed: [...closed] };
}

function lookOnce(isByItself) {
  looking ??= look(isByItself).finally(() => (looking = null));
  return looking;
}

// A reminder on the button when something is due; and the look of the day, where the person has
// switched it on.
async function remind() {
  const list = await watched(true);
  const due = list.pages.filter((page) => page.due).length;
  await badge(due ? String(due) : "", "#0969da");
  const { isDaily, lookedAt = 0 } = await api.storage.local.get(["isDaily", "lookedAt"]);
  if (!isDaily || !due || Date.now() < lookedAt + DAY) return;
  await api.storage.local.set({ lookedAt: Date.now() });
  await lookOnce(true);
}

api.alarms.create("remind", { delayInMinutes: 1, periodInMinutes: 60 });
api.alarms.onAlarm.addListener(() => remind().catch(() => badge("!", "#cf222e")));

// What the panel asks for.
const ASKED = { look: () => lookOnce(false), pages: () => watched(true), pair };
api.runtime.onMessage.addListener(({ what, code }, _sender, answer) => {
  if (!Object.hasOwn(ASKED, what)) return false;
  ASKED[what](code).then(answer, (error) => answer({ failed: error.message }));
  return true;
});
