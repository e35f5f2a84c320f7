"use strict";
const api = globalThis.browser ?? chrome;
const [due, stores, button, daily, list, pairing, form, code] =
  ["due", "stores", "look", "daily", "said", "pairing", "pair", "code"].map((id) => document.getElementById(id));

async function show() {
  const { list: watched, said = [] } = await api.storage.session.get(["list", "said"]);
  const pages = watched?.pages ?? [];
  const waiting = pages.filter((page) => page.due).length;
  due.textContent = waiting ? `${waiting} of your pages wait for your eyes.` : "No page waits for your eyes.";
  list.replaceChildren(...said.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  daily.checked = Boolean((await api.storage.local.get("isDaily")).isDaily);
  await askForStores(pages);
}

// A button for each store at which the person has not allowed this extension yet.
async function askForStores(pages) {
  const patterns = new Map(pages.map(({ address, store }) => {
    const { protocol, hostname } = new URL(address);
    return [`${protocol}//${hostname}/*`, store];
  }));
  const asking = [];
  for (const [pattern, store] of patterns) {
    if (await api.permissions.contains({ origins: [pattern] })) continue;
    const one = document.createElement("button");
    one.textContent = `Let it see ${store}`;
    one.title = pattern;
    // The browser asks the person only right after a click.
    one.addEventListener("click", () => api.permissions.request({ origins: [pattern] }).then(show));
    asking.push(one);
  }
  stores.replaceChildren(...asking);
}

async function tell(message) {
  const answer = await api.runtime.sendMessage(message);
  await show();
  if (answer.failed) due.textContent = answer.failed;
  return answer;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  due.textContent = "One tab after the other opens and closes again. You can go on working.";
  const { seen, closed } = await tell({ what: "look" });
  button.disabled = false;
  if (!closed) return;
  const shut = closed.length ? ` It may not see ${closed.join(", ")} yet.` : "";
  due.textContent = `${seen} of your pages were read.${shut}`;
});
daily.addEventListener("change", () => api.storage.local.set({ isDaily: daily.checked }));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await tell({ what: "pair", code: code.value });
  pairing.open = Boolean(answer.failed);
  if (!answer.failed) form.reset();
});
api.storage.onChanged.addListener((changed) => {
  if (changed.said || changed.list) show();
});
tell({ what: "pages" }).then((answer) => (pairing.open = Boolean(answer.failed)));
