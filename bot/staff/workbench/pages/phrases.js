// A list of phrases, tried a few at a time, with a report of what was missed.
import { $, ask, badge, el, say, table } from "./common.js";

const AT_A_TIME = 6;
let stopped = false;

export function startPhrases() {
  $("list").addEventListener("submit", (event) => { event.preventDefault(); tryAll(); });
  $("lines").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); tryAll(); } });
  $("halt").addEventListener("click", () => { stopped = true; });
}

async function tryAll() {
  const lines = $("lines").value.split(/\r?\n/);
  const tried = [];
  stopped = false;
  $("tried-report").replaceChildren();
  $("tried").max = lines.length;
  $("tried").hidden = $("halt").hidden = false;
  try {
    for (let place = 0; place < lines.length && !stopped; place += AT_A_TIME) {
      const answer = await ask("/phrases", { lines: lines.slice(place, place + AT_A_TIME).join("\n"), first: place + 1 });
      tried.push(...answer.tried);
      $("tried").value = Math.min(place + AT_A_TIME, lines.length);
    }
    report(tried);
  } catch (problem) {
    report(tried);
    say(problem.message);
  }
  $("tried").hidden = $("halt").hidden = true;
}

function report(tried) {
  const expecting = tried.filter((one) => one.expected.length);
  const missed = expecting.filter((one) => one.missed.length);
  const swapped = tried.filter((one) => one.swapped);
  const differ = swapped.filter((one) => !one.same);
  const words = `${tried.length} tried. Expectations: ${expecting.length - missed.length} of ${expecting.length} met, ${missed.length} missed. `
    + `Swapped genders: ${swapped.length} asked again, ${differ.length} answered otherwise.`;
  say(words);
  const parts = [el("p", {}, words)];
  if (missed.length) parts.push(table("Missed", ["Line", "Phrase", "Expected", "Of that missed", "Understood"],
    missed.map((one) => [String(one.line), one.text, one.expected.join(", "), one.missed.join(", "), understood(one)])));
  if (differ.length) parts.push(table("Answered otherwise with genders swapped", ["Line", "Phrase", "Answer", "Swapped", "Answer then"],
    differ.map((one) => [String(one.line), one.text, answer(one.urgency, one.contacts), one.swapped, answer(one.swapped_urgency, one.swapped_contacts)])));
  if (tried.length) parts.push(table("All", ["Line", "Phrase", "Understood", "Contacts", "ms"], tried.map((one) => [String(one.line), one.text, understood(one), one.contacts.join(", "), String(one.milliseconds)])));
  $("tried-report").replaceChildren(...parts);
}

const understood = (one) => el("span", {}, badge(one.urgency), ` ${one.situations.join(", ")}`);
const answer = (urgency, contacts) => el("span", {}, badge(urgency), ` ${contacts.join(", ")}`);
