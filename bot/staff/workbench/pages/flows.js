// The flow tests: play them, or replay one in the conversation step by step.
import { $, ask, el, say } from "./common.js";
import { act, startAgain } from "./talk.js";

let flows = [];
let toTalk = () => {};

export function startFlows(showTalk) {
  toTalk = showTalk;
  $("play-all").addEventListener("click", playAll);
  $("only-saved").addEventListener("change", list);
  $("flow-find").addEventListener("input", list);
}

export async function showFlows() {
  try {
    flows = (await ask("/flows/list")).flows;
    list();
  } catch (problem) {
    say(problem.message);
  }
}

/** Those that hold every word looked for: in their name, their file, or what is said in them. */
function shown() {
  const words = $("flow-find").value.toLowerCase().split(/\s+/);
  const all = (flow) => [flow.name, flow.file, ...flow.steps.map((step) => `${step.typed ?? step.tapped} ${step.intent} ${step.actions.join(" ")}`)].join(" ").toLowerCase();
  return flows.filter((flow) => (flow.saved || !$("only-saved").checked) && words.every((word) => all(flow).includes(word)));
}

function list() {
  const rows = shown().map((flow) => {
    flow.outcome = el("span", { className: "outcome" });
    return el("tr", {},
      el("td", {}, flow.name), el("td", {}, flow.file), el("td", {}, String(flow.steps.length)),
      el("td", {}, el("button", { type: "button", onclick: () => play(flow), "aria-label": `Play ${flow.name}` }, "Play"), " ",
        el("button", { type: "button", onclick: () => replay(flow), "aria-label": `Step through ${flow.name}` }, "Step through")),
      el("td", {}, flow.outcome));
  });
  const heads = ["Flow", "File", "Steps", "Do", "Outcome"].map((name) => el("th", { scope: "col" }, name));
  $("flow-list").replaceChildren(rows.length
    ? el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": "Flow tests" }, el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)))
    : el("p", { className: "note" }, flows.some((flow) => flow.saved) || !$("only-saved").checked ? "None fits." : "None yet: save a conversation as a flow test."));
}

async function play(flow) {
  try {
    const played = await ask("/flows/play", { file: flow.file, name: flow.name });
    const wrong = played.steps.findIndex((step) => !step.right);
    flow.outcome.className = `outcome ${played.right ? "right" : "wrong"}`;
    flow.outcome.textContent = played.right ? "goes as written" : `step ${wrong + 1}: ${played.steps[wrong].intent} → ${played.steps[wrong].actions.join(", ")}`;
    return played.right;
  } catch (problem) {
    flow.outcome.textContent = problem.message;
    return false;
  }
}

async function playAll() {
  let right = 0;
  const all = shown();
  for (const [place, flow] of all.entries()) {
    say(`Playing ${place + 1} of ${all.length}`);
    right += await play(flow);
  }
  say(`${right} of ${all.length} flows go as written.`);
}

async function replay(flow) {
  toTalk();
  await startAgain();
  let place = 0;
  const told = el("p", { role: "status" });
  const next = el("button", { type: "button", className: "main", id: "next-step" }, "Next step");
  const tell = (before) => {
    const step = flow.steps[place];
    told.textContent = `${before}${step ? `Next, step ${place + 1} of ${flow.steps.length}: “${step.typed ?? step.tapped}”.` : "That was the last step."}`;
    next.hidden = !step;
  };
  next.onclick = async () => {
    const step = flow.steps[place];
    const turn = await act(step.typed === null ? { choice: step.tapped } : { text: step.typed });
    if (!turn) return;
    const right = step.intent === turn.intent && String(step.actions) === String(turn.actions);
    place += 1;
    tell(right ? "As written. " : `Not as written: expected ${step.intent} → ${step.actions.join(", ")}. `);
  };
  $("steps").replaceChildren(el("h3", {}, `Replaying: ${flow.name}`), told, next);
  $("steps").hidden = false;
  tell("");
  next.focus();
}
