/* A reply as elements. In: a reply of the contract. Out: one turn of the talk. Data only ever becomes text, never HTML.
 * bot/channels/pages.py writes the same for browsers without scripts; a test holds the two together.
 */
const phones = new Set(["999", "101"]); // and those of the contacts, as replies name them

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export const unseen = (words) => make("span", { className: "unseen" }, words);
export const web = (address) => (/^https?:\/\//i.test(address || "") ? address : null);

const paragraph = (className, ...children) => make("p", { className, dir: "auto" }, ...children);
const call = (phone, words) => make("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, words);
const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** `line` with the phone numbers that are known as links; the longest first, so that no number is cut by a shorter one. */
function linked(line) {
  const known = [...phones].sort((a, b) => b.length - a.length).map((phone) => phone.replace(/[^\d\s]/g, "\\$&"));
  return line.split(new RegExp(`\\b(${known.join("|")})\\b`)).map((part, index) => (index % 2 ? call(part, part) : part));
}

/** A contact as a card; `how` is what the reply's own line says of it, `more` whether to offer what happens when you call. */
function card({ id, name, why, phone, url }, how, more = true) {
  const deeds = make("div", { className: "deeds" });
  if (phone) deeds.append(call(phone, `Call ${phone}`));
  if (phone && id !== "999") deeds.append(make("button", { type: "button", className: "copy", value: phone }, "Copy number", unseen(` ${phone}`))); // nobody needs to copy 999
  if (web(url)) deeds.append(make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Website", unseen(` of ${name}`), make("span", { className: "aside" }, " (new tab)")));
  const facts = document.getElementById("calls").content.querySelector(`[data-contact="${CSS.escape(id)}"]`);
  const body = [make("h2", { dir: "auto" }, capital(name))];
  if (why) body.push(paragraph("why", why));
  if (how) body.push(paragraph("", ...linked(how)));
  if (deeds.children.length) body.push(deeds);
  if (facts && more) body.push(document.importNode(facts, true));
  return make("div", { className: id === "999" ? "card urgent" : "card" }, ...body);
}

/** What can be tapped next. It belongs to the form, as it does in the page that came from the server. */
function choice({ label, value }) {
  const button = make("button", { name: "choice", value, dir: "auto" }, label);
  button.setAttribute("form", "form");
  return button;
}

/** A reply as one turn: its lines in their order, a contact's line as its card, an emergency's first line with the one thing to do. */
export function written({ text, contacts = [], choices = [], quick_exit: leaving, urgency }) {
  contacts.forEach(({ phone }) => phone && phones.add(phone));
  const urgent = urgency === "emergency";
  const body = make("div", { className: urgent ? "turn reply urgent" : "turn reply" }, unseen("Guide: "));
  const left = new Set(contacts);
  const alarm = urgent && contacts.find(({ id, phone }) => id === "999" && phone);
  for (const line of text.split("\n").filter((line) => line.trim() && line !== leaving.text)) {
    const named = [...left].find(({ name }) => line.toLowerCase().startsWith(`- ${name.toLowerCase()}:`));
    if (named) {
      left.delete(named);
      body.append(card(named, line.slice(named.name.length + 3).trim()));
    } else if (alarm && left.delete(alarm)) {
      body.append(make("div", { className: "alarm" }, paragraph("", line), call(alarm.phone, `Call ${alarm.phone}`)));
    } else {
      body.append(paragraph("", ...linked(line.replace(/^- /, ""))));
    }
  }
  for (const contact of left) {
    const told = text.includes(contact.how) || text.includes(contact.phone); // no sentence twice in one reply
    body.append(card({ ...contact, why: text.includes(contact.why) ? "" : contact.why }, told ? "" : contact.how, !told));
  }
  if (choices.length) body.append(make("div", { className: "choices", role: "group", ariaLabel: "Choose" }, ...choices.map(choice)));
  body.append(paragraph("hint", leaving.text)); // always the last line
  return body;
}
