// The right side: one turn laid open.
import { $, badge, el, table } from "./common.js";

const part = (name, ...content) => el("section", { className: "part" }, el("h3", {}, name), ...content);
const share = (value) => {
  const fill = el("span", {});
  fill.style.width = `${Math.round(value * 100)}%`;
  return el("span", { className: "share" }, el("span", { className: "gauge", "aria-hidden": "true" }, fill), value.toFixed(2));
};

export function inspect(turn, wrong) {
  const seen = turn.understood;
  const parts = [
    el("div", { className: "bar" }, el("h2", {}, "Why it answered so"),
      wrong ? el("button", { type: "button", id: "wrong", onclick: wrong }, "This was wrong…") : null),
  ];
  if (seen.text) parts.push(part("Message", marked(seen.text, seen.danger.phrases || []), ...phrases(seen.danger)));
  parts.push(decision(turn));
  if (seen.text) {
    if (seen.clauses.length) parts.push(clauses(seen.clauses));
    parts.push(probabilities(seen), nearest(seen.nearest));
  }
  parts.push(contacts(turn.reply.contacts), shown(turn));
  $("inspector").replaceChildren(...parts);
  $("inspector").scrollTop = 0;
}

function decision(turn) {
  const slots = Object.entries(turn.slots);
  const facts = [
    ["Urgency", badge(turn.reply.urgency)],
    ["Situations", turn.reply.situations.join(", ") || "none"],
    ["Intent", turn.intent || "none: the turn failed"],
    ["Rule", turn.rules.map((rule) => `${rule.name} (${rule.place})`).join("; ") || "none"],
    ["Action", turn.actions.join(", ") || "none"],
    ["Responses", turn.responses.join(", ") || "none"],
    ["Slots", slots.length ? slots.map(([name, value]) => el("span", { className: "stack" }, el("code", {}, name), ` ${[value].flat().join(", ")}`)) : "empty"],
    ["Time", `${turn.milliseconds} ms`],
  ];
  if (turn.understood.entities?.length) facts.splice(3, 0, ["Found in it", turn.understood.entities.map((found) => `${found.entity}: ${found.value}`).join(", ")]);
  if (turn.understood.question) facts.splice(3, 0, ["Read as a question", `${turn.understood.question.name} (${turn.understood.question.confidence.toFixed(2)})`]);
  return part("Decision", el("dl", {}, facts.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}

function marked(text, found) {
  const inside = new Set(found.flatMap((phrase) => Array.from({ length: phrase.end - phrase.start }, (_, place) => phrase.start + place)));
  const line = el("p", { className: "message" });
  // The places count characters as Python does.
  let run = "", danger = false;
  const flush = () => { if (run) line.append(danger ? el("mark", {}, run) : run); run = ""; };
  [...text].forEach((character, place) => {
    if (inside.has(place) !== danger) { flush(); danger = !danger; }
    run += character;
  });
  flush();
  return line;
}

function phrases(danger) {
  const found = (danger.phrases || []).map((phrase) => el("li", {}, el("code", {}, phrase.id), ` “${phrase.text}”: ${phrase.why}`));
  const spared = danger.taken_back_by?.length ? el("p", { className: "note" }, `Lists that take phrases back here: ${danger.taken_back_by.join(", ")}`) : null;
  return [found.length ? el("ul", {}, found) : el("p", { className: "note" }, "No danger phrase matches."), spared];
}

function clauses(read) {
  const rows = read.map((clause) => [
    clause.text,
    el("span", {}, clause.probabilities.map((entry) => el("span", { className: "stack" }, `${entry.name} ${entry.confidence.toFixed(2)}`))),
    el("span", {}, share(clause.danger), clause.phrases.map((name) => el("span", { className: "stack" }, name))),
  ]);
  return part("Clause by clause", table("Each clause read by itself", ["Clause", "Situations", "Danger now"], rows));
}

function probabilities(seen) {
  const danger = Object.entries(seen.danger.urgency || {}).map(([name, value]) => [name, share(value)]);
  const windows = seen.danger.windows?.length ? el("p", { className: "note" }, `Danger in each window of the message: ${seen.danger.windows.map((value) => value.toFixed(2)).join("  ")}`) : null;
  return part("Probabilities",
    table("Situations, the whole message", ["Situation", "Probability"], seen.probabilities.map((entry) => [entry.name, share(entry.confidence)])),
    danger.length ? table("Urgency, as trained", ["Urgency", "Probability"], danger) : null, windows);
}

function nearest(near) {
  const rows = near.map((one) => [one.likeness.toFixed(2), one.text, `${one.urgency}: ${one.situations.join(", ")}`, `${one.file}, line ${one.line}`]);
  return part("Nearest training messages", rows.length ? table("By meaning", ["Likeness", "Message", "Labels", "Where"], rows) : el("p", { className: "note" }, "None at hand: train once on this machine."));
}

function contacts(named) {
  return part("Contacts, and why each is named", named.length
    ? table("In the order to try", ["Contact", "Why", "How"], named.map((contact) => [`${contact.name} (${contact.id})`, contact.why, [contact.phone, contact.url].filter(Boolean).join(" ")]))
    : el("p", { className: "note" }, "None."));
}

function shown(turn) {
  const buttons = (labels) => (labels.length ? el("p", { className: "labels" }, labels.map((label) => el("span", {}, label))) : null);
  const telegram = turn.telegram.map((message) => el("div", { className: "telegram" }, readHtml(message.html), buttons(message.buttons)));
  return part("As it is shown",
    el("h4", {}, "Web"), el("div", { className: "web" }, el("p", {}, turn.reply.text), buttons(turn.reply.choices.map((choice) => choice.label))),
    el("h4", {}, "Telegram"), ...telegram,
    el("h4", {}, "Terminal"), el("pre", { className: "terminal", tabIndex: 0, role: "region", "aria-label": "Terminal" }, turn.terminal));
}

/** Telegram's few tags as elements; anything else becomes text. */
function readHtml(html) {
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    const kept = ["B", "I", "CODE"].includes(node.tagName) ? node.tagName.toLowerCase() : "span";
    return el(kept, {}, [...node.childNodes].map(copy));
  };
  return el("p", {}, [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map(copy));
}
