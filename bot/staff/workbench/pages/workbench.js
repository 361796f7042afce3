// Starts the workbench: the tabs, and each part once.
import { $, ask, say } from "./common.js";
import { startTalk } from "./talk.js";
import { startPhrases } from "./phrases.js";
import { showFlows, startFlows } from "./flows.js";
import { startCompare } from "./compare.js";

const tabs = [...document.querySelectorAll('[role="tab"]')];

export function choose(name) {
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  say("");  // what was told of one part says nothing of another
  if (name === "flows") showFlows();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab.id.slice(4)));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    choose(next.id.slice(4));
    next.focus();
  });
}

$("sign-out").addEventListener("click", async () => {
  await ask("/sign-out").catch(() => {});
  location.reload();
});

const about = await ask("/about").catch((problem) => say(problem.message));
if (about) {
  $("sign-out").hidden = !about.locked;
  startPhrases();
  startFlows(() => choose("talk"));
  startCompare(about);
  await startTalk(about);
}
