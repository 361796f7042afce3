// Choosing a part of the map: what leads to it and what follows stay, the rest fades.
const { nodes, edges } = JSON.parse(document.getElementById("facts").textContent);
const drawing = document.getElementById("drawing");
const panel = document.getElementById("part");
const find = document.getElementById("find");
const make = (tag, text, ...children) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
};

const groups = new Map([...drawing.querySelectorAll("g.node")].map((group) => [group.id, group]));
// Graphviz titles an edge "from->to".
const lines = new Map([...drawing.querySelectorAll("g.edge")].map((group) => [group.querySelector("title").textContent, group]));
for (const title of drawing.querySelectorAll("title")) if (title.parentElement.matches("g.edge")) title.remove();
document.querySelector("#drawing svg").setAttribute("role", "group");
document.querySelector("#drawing svg").setAttribute("aria-label", "Parts of the bot");
for (const [id, group] of groups) {
  const link = group.querySelector("a");
  if (!link) continue;
  link.setAttribute("href", `#${id}`);
  link.setAttribute("aria-label", `${group.querySelector("text").textContent}, ${nodes[id].kind}${nodes[id].reached ? "" : ", not reached by a test"}`);
  link.addEventListener("click", (event) => { event.preventDefault(); choose(id); });
}
// On paper it is one page, as large as it takes to read it.
const page = new CSSStyleSheet();
const { width, height } = document.querySelector("#drawing svg");
page.replaceSync(`@page { size: calc(${width.baseVal.valueAsString} + 20mm) calc(${height.baseVal.valueAsString} + 50mm); margin: 10mm; }`);
document.adoptedStyleSheets = [page];
document.getElementById("names").append(...Object.values(nodes).map((node) => Object.assign(document.createElement("option"), { value: node.name })));

function choose(id) {
  clear();
  drawing.classList.add("choosing");
  groups.get(id)?.classList.add("chosen");
  follow(id, 0, 1);
  follow(id, 1, 0);
  const node = nodes[id];
  const parts = [make("h2", node.name), make("p", `${node.kind}, ${node.place}${node.reached ? "" : ". No flow test reaches it."}`)];
  parts.push(...node.words.map((words) => make("blockquote", words)));
  parts.push(...neighbours("Leads here", edges.filter((edge) => edge[1] === id), 0), ...neighbours("Follows", edges.filter((edge) => edge[0] === id), 1));
  panel.replaceChildren(make("div", "", ...parts));
}

/** Marks all that leads here, or all that follows; what can be tapped begins another turn and is only marked itself. */
function follow(first, from, to) {
  const seen = new Set([first]);
  const waiting = [first];
  while (waiting.length) {
    const id = waiting.pop();
    for (const edge of edges) {
      if (edge[from] !== id || (edge[2] === "choice" && id !== first)) continue;
      groups.get(edge[to])?.classList.add("near");
      lines.get(`${edge[0]}->${edge[1]}`)?.classList.add("near");
      if (seen.has(edge[to]) || edge[2] === "choice") continue;
      seen.add(edge[to]);
      waiting.push(edge[to]);
    }
  }
}

function neighbours(title, found, side) {
  const byLabel = new Map();
  for (const edge of found) {
    const how = edge[2] === "choice" ? `${title}, by tapping “${edge[3]}”:` : `${title}:`;
    byLabel.set(how, [...(byLabel.get(how) || []), edge[side]]);
  }
  return [...byLabel].map(([how, ids]) => make("p", how, ...ids.map((id) => {
    const button = make("button", nodes[id].name);
    button.type = "button";
    button.addEventListener("click", () => choose(id));
    return button;
  })));
}

function clear() {
  drawing.classList.remove("choosing");
  for (const group of drawing.querySelectorAll(".near, .chosen")) group.classList.remove("near", "chosen");
  panel.replaceChildren();
}

addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
find.addEventListener("change", () => {
  const id = Object.keys(nodes).find((name) => nodes[name].name === find.value.trim());
  if (!id) return;
  choose(id);
  groups.get(id)?.scrollIntoView({ block: "center", inline: "center" });
});
document.getElementById("wider").addEventListener("click", (event) => {
  event.currentTarget.setAttribute("aria-pressed", drawing.classList.toggle("full"));
});
