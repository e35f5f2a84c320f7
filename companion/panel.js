"use strict";
const api = globalThis.browser ?? chrome;
const [due, button, list] = ["due", "look", "said"].map((id) => document.getElementById(id));

async function show() {
  const { list: watched, said = [] } = await api.storage.session.get(["list", "said"]);
  const pages = watched?.pages.filter((page) => page.due).length ?? 0;
  due.textContent = pages ? `${pages} of your pages wait for your eyes.` : "No page waits for your eyes.";
  list.replaceChildren(...said.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}

button.addEventListener("click", async () => {
  button.disabled = true;
  due.textContent = "One tab after the other opens and closes again. You can go on working.";
  const done = await api.runtime.sendMessage("look");
  button.disabled = false;
  await show();
  due.textContent = done.failed ?? `${done.seen} of your pages were read.`;
});
api.storage.onChanged.addListener(show);
show();
