// Hands over what the author opens, if it is one of the pages that Pubwatch watches; and opens them one
// after the other when she asks for it. It knows no other page, and asks nobody but Pubwatch.
"use strict";
if (typeof importScripts === "function") importScripts("cut.js");

const api = globalThis.browser ?? chrome;
// A list of the pages that are watched is believed for so long, in milliseconds.
const FRESH = 10 * 60 * 1000;
// A page may take so long to load, in milliseconds.
const PATIENCE = 60 * 1000;
// The tabs that this extension opened itself: what is seen in them is waited for.
const opened = new Map();

const sleep = (time) => new Promise((done) => setTimeout(done, time));

async function ask(path, body) {
  const pairing = await (await fetch(api.runtime.getURL("pairing.json"))).json();
  const answer = await fetch(pairing.address + path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${pairing.token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    credentials: "omit",
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

async function watched(fresh) {
  const { list } = await api.storage.session.get("list");
  if (!fresh && list && Date.now() - list.at < FRESH) return list;
  const got = { ...(await ask("/api/v1/watched")), at: Date.now() };
  await api.storage.session.set({ list: got });
  return got;
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

api.tabs.onUpdated.addListener((tab, change, { url }) => {
  if (change.status !== "complete" || !url) return;
  const work = hand(tab, url).catch(async (error) => {
    await say(`Pubwatch: ${error.message}`);
    await badge("!", "#cf222e");
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
// store. One that shows no page of ours is left alone for the rest.
let looking = null;
async function look() {
  const list = await watched(true);
  const last = new Map();
  const left = new Set();
  let seen = 0;
  for (const page of list.pages.filter((page) => page.due)) {
    const host = new URL(page.address).host;
    if (left.has(host)) continue;
    if (last.has(host)) await pause(last.get(host) + list.pause_seconds * 1000 - Date.now());
    const answer = await seenInATab(page.address);
    last.set(host, Date.now());
    if (answer.outcome === "not_read" || answer.outcome === "failed") left.add(host);
    else seen += 1;
  }
  for (const host of left) await say(`${host} showed no page of yours, so the rest of it was left alone.`);
  return { seen, left: [...left] };
}

// A reminder on the button when something is due.
async function remind() {
  const list = await watched(true);
  const due = list.pages.filter((page) => page.due).length;
  await badge(due ? String(due) : "", "#0969da");
}

api.alarms.create("remind", { delayInMinutes: 1, periodInMinutes: 60 });
api.alarms.onAlarm.addListener(() => remind().catch(() => {}));

api.runtime.onMessage.addListener((message, _sender, answer) => {
  if (message !== "look") return false;
  looking ??= look().finally(() => (looking = null));
  looking.then(answer, (error) => answer({ failed: error.message }));
  return true;
});
