// Two models side by side.
import { $, ask, badge, el, say, table } from "./common.js";

const NAMES = { flows: "Flows that go as written", emergencies_found: "Emergencies found", false_alarms: "False alarms", contacts_named: "All required contacts named", situations_found: "First situation found" };
let running = false;

export function startCompare(about) {
  const other = about.models.find((name) => name !== about.model);
  // The one that is served is what a change leads to, so it stands last.
  for (const [id, chosen] of [["one", other], ["two", about.model]]) $(id).append(...about.models.map((name) => el("option", { value: name, selected: name === chosen }, name)));
  $("compare-alone").hidden = other !== undefined;
  $("models").addEventListener("submit", (event) => { event.preventDefault(); run(); });
  $("compare-stop").addEventListener("click", async () => { running = false; await ask("/compare/stop"); });
}

async function run() {
  running = true;
  $("compare-report").replaceChildren();
  $("compare-stop").hidden = false;
  say("Loading both models.");
  try {
    $("compared").max = (await ask("/compare/start", { one: $("one").value, two: $("two").value })).total;
    $("compared").hidden = false;
    while (running) {
      const { done, total, report } = await ask("/compare/state");
      $("compared").value = done;
      if (report) { show(report); running = false; }
      else { say(`${done} of ${total} compared.`); await new Promise((go) => setTimeout(go, 400)); }
    }
  } catch (problem) {
    say(problem.message);
  }
  $("compared").hidden = $("compare-stop").hidden = true;
}

const share = ({ hits, of }) => (of ? `${hits} of ${of} (${((100 * hits) / of).toFixed(1)} %)` : "none");

function show(report) {
  const { better, worse, different } = report.counts;
  const words = `${better} better, ${worse} worse, ${different} different and neither.`;
  say(words);
  const totals = Object.entries(NAMES).map(([key, name]) => [name, share(report.one[key]), share(report.two[key])]);
  const changes = report.changes.map((change) => [badge(change.change), el("span", {}, change.what, el("span", { className: "stack note" }, change.place)), change.expected, change.one, change.two]);
  $("compare-report").replaceChildren(
    el("p", {}, words),
    table("Totals", ["", `A: ${report.one.model}`, `B: ${report.two.model}`], totals),
    changes.length ? table("What changed", ["Change", "Message or flow", "Expected", "A", "B"], changes) : el("p", {}, "Nothing changed."));
}
