// The conversation on the left. Its turns live in this page only.
import { $, ask, badge, el, openDialog, say } from "./common.js";
import { inspect } from "./inspector.js";

let talk = null;
let turns = [];
let waiting = false;
let about = null;

export async function startTalk(known) {
  about = known;
  $("write").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  $("text").addEventListener("keydown", keys);
  $("again").addEventListener("click", () => startAgain());
  $("save").addEventListener("click", saveFlow);
  $("flow-title").addEventListener("input", () => { if (!$("flow-name").dataset.own) $("flow-name").value = fileName($("flow-title").value); });
  $("flow-name").addEventListener("input", () => { $("flow-name").dataset.own = $("flow-name").value; });
  addEventListener("pagehide", () => leave());
  $("wrong-urgency").append(...picks("radio", "urgency", about.urgencies));
  $("wrong-situations").append(...picks("checkbox", "situation", about.situations));
  await startAgain();
  $("text").focus();
}

function keys(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && !$("text").value) {
    const last = turns.filter((turn) => turn.typed).at(-1);
    if (last) { event.preventDefault(); $("text").value = last.said; }
  }
}

function send() {
  const text = $("text").value;
  $("text").value = "";
  act({ text });
}

/** Begins a new conversation and forgets the last. */
export async function startAgain() {
  leave();
  turns = [];
  $("log").replaceChildren();
  $("steps").hidden = true;
  try {
    const begun = await ask("/talk/start");
    talk = begun.talk;
    show(begun.turn, false);
  } catch (problem) {
    say(problem.message);
  }
}

function leave() {
  if (talk) fetch("/talk/leave", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-Workbench": "1" }, body: JSON.stringify({ talk }) }).catch(() => {});
  talk = null;
}

/** Says or taps something; gives the turn, or null where that failed. */
export async function act(step) {
  if (waiting || !talk) return null;
  waiting = true;
  $("log").setAttribute("aria-busy", "true");
  try {
    const { turn } = await ask("/talk/say", { talk, ...step });
    say("");
    turns.push(turn);
    show(turn, true);
    return turn;
  } catch (problem) {
    say(problem.message);
    return null;
  } finally {
    waiting = false;
    $("log").removeAttribute("aria-busy");
  }
}

function show(turn, spoken) {
  const log = $("log");
  const why = el("button", { type: "button", className: "why", onclick: () => { select(turn, why); $("inspector").scrollIntoView({ block: "nearest" }); } }, "Why?");
  if (spoken) log.append(el("p", { className: "turn you" }, turn.said || "(nothing)"));
  const choices = turn.reply.choices.map((choice) => el("button", { type: "button", onclick: () => act({ choice: choice.value }) }, choice.label));
  log.append(el("div", { className: `turn reply ${turn.reply.urgency}` },
    el("p", { className: "meta" }, badge(turn.reply.urgency), ` ${turn.intent} → ${turn.actions.join(", ")} · ${turn.milliseconds} ms `, why),
    el("p", {}, turn.reply.text),
    choices.length ? el("div", { className: "choices" }, choices) : null));
  select(turn, why);
  log.scrollTop = log.scrollHeight;
  // In a narrow window the page itself is what scrolls.
  if (spoken) log.lastElementChild.scrollIntoView({ block: "nearest" });
}

function select(turn, button) {
  for (const pressed of document.querySelectorAll(".why")) pressed.setAttribute("aria-pressed", pressed === button);
  inspect(turn, turn.typed ? () => wrong(turn) : null);
}

const fileName = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+/, "").slice(0, 60).replace(/_+$/, "");

function saveFlow() {
  if (!turns.length) return say("Say something first: there is nothing to save yet.");
  openDialog($("save-dialog"), async () => {
    const steps = turns.map((turn) => (turn.typed ? { text: turn.said } : { choice: turn.said }));
    const saved = await ask("/flows/save", { name: $("flow-name").value, title: $("flow-title").value, steps });
    $("save-form").reset();
    delete $("flow-name").dataset.own;
    say(`Saved as tests/dialogue/${saved.file}. The tests play it from now on.`);
  });
}

function wrong(turn) {
  $("wrong-text").value = turn.said;
  for (const pick of document.querySelectorAll("#wrong-form [type=radio], #wrong-form [type=checkbox]")) {
    pick.checked = pick.name === "urgency" ? pick.value === turn.reply.urgency : turn.reply.situations.includes(pick.value);
  }
  openDialog($("wrong-dialog"), async () => {
    const picked = (name) => [...document.querySelectorAll(`#wrong-form [name=${name}]:checked`)].map((pick) => pick.value);
    const situations = picked("situation");
    if (!situations.length) throw new Error("Choose at least one situation.");
    const proposed = { text: $("wrong-text").value, urgency: picked("urgency")[0], situations, understood: turn.reply.situations, note: $("wrong-note").value };
    const { count } = await ask("/propose", proposed);
    $("wrong-note").value = "";
    say(`Noted in data/review/proposals.yml, which now holds ${count}.`);
  });
}

function picks(type, name, values) {
  return values.map((value) => el("label", { className: "inline" }, el("input", { type, name, value }), ` ${value}`));
}
