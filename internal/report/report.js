"use strict";

// All texts come from the platform and may hold anything: they are only ever put into the page as text.
const byId = (id) => document.getElementById(id);
const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
};
const isolated = (text) => element("bdi", { title: text }, text);
const count = (n, one, many = one + "s") => `${n} ${n === 1 ? one : many}`;

const data = JSON.parse(byId("data").textContent);
const kinds = {
  superuser: { one: "superuser", heading: "Everything" },
  platform_role: { one: "platform role", heading: "Platform roles" },
  right: { one: "right", heading: "Rights" },
  relation: { one: "relation", heading: "Relations to objects" },
  workroom_role: { one: "role in a workroom", heading: "Roles in workrooms" },
};
const kindOf = (node) => kinds[node.kind]?.one ?? node.kind;

const searchable = (...texts) => texts.filter(Boolean).join("\n").toLowerCase();
const permissions = data.columns.map((node, index) => ({
  ...data.nodes[node], node, index, text: searchable(data.nodes[node].name, data.nodes[node].id),
}));
const people = data.rows.map((row) => {
  const has = new Set(row.has);
  return {
    ...row, has, text: searchable(row.name, row.email, row.id),
    everything: row.has.filter((index) => permissions[index].everything).map((index) => permissions[index]),
  };
});
const isHeld = (person, permission) => person.has.has(permission.index);
// With a filter by groups, the report does not know of other ways.
const lacks = data.only_through ? "does not have it in the ways of this report" : "does not have it";
const isImplied = (person, permission) => !isHeld(person, permission) && person.everything.length > 0;

// waysTo finds the ways as the program itself does: what lies between somebody and a permission.
function waysTo(person, permission) {
  const ways = [];
  const path = [];
  const counts = () => !data.only_through || path.some((node) => data.nodes[node].asked);
  const follow = (to) => {
    for (const node of to) {
      if (node === permission.node && counts()) ways.push(path.map((step) => data.nodes[step]));
      if (path.includes(node)) continue; // Groups may be in each other.
      path.push(node);
      follow(data.nodes[node].to);
      path.pop();
    }
  };
  follow(person.to);
  return ways;
}

/* The matrix. Only what can be seen is in the page: a platform may have 1,000 users and 200 permissions. */

const size = 28; // the height of a row and the width of a column, in pixels, as in the style
const step = 8; // rows and columns come and go this many at a time
const scroller = byId("scroller");
const grid = byId("grid");
let shownPeople = [];
let shownPermissions = [];
let active = { row: 0, column: 0 }; // row -1 is the header, column -1 the names
let drawn = "";

const mark = (person, permission) => {
  if (isHeld(person, permission)) return permission.everything ? ["everything", "◆", "has everything"] : ["has", "●", "has it"];
  return isImplied(person, permission) ? ["implied", "○", "has it because they have everything"] : ["none", "", lacks];
};

const notes = (person) => {
  if (person.kind === "subject") return "not in the list of users";
  if (person.kind === "idp_group") return "identity provider";
  return person.active ? "" : "inactive";
};

// visible returns the first and the last but one of those that can be seen between two offsets.
const visible = (from, length, total) => [
  Math.max(0, Math.floor(from / size / step) * step - step),
  Math.min(total, Math.ceil((from + length) / size / step) * step + step),
];

// gap is a cell as wide as the columns that are left out.
const gap = () => element("td", { className: "gap", ariaHidden: "true" });

function place(cell, row, column) {
  cell.dataset.row = row;
  cell.dataset.column = column;
  cell.ariaColIndex = column + 2;
  if (row === active.row && column === active.column) {
    cell.id = "active-cell";
    cell.classList.add("active");
  }
  if (row === active.row || column === active.column) cell.classList.add("line");
  return cell;
}

function headerCell(permission, column) {
  const cell = element("th", { scope: "col", title: permission.name }, element("div", {}, isolated(permission.name)));
  if (permission.everything) cell.classList.add("everything");
  if (column > 0 && shownPermissions[column - 1].kind !== permission.kind) cell.classList.add("first");
  return place(cell, -1, column);
}

function nameCell(person, row) {
  const note = notes(person);
  const cell = element("th", { scope: "row", title: [person.name, person.email, note].filter(Boolean).join("\n") }, element("div", {},
    isolated(person.name),
    person.everything.length > 0 ? element("i", { className: "mark everything", title: "has everything" }, "◆") : null,
    note ? element("small", {}, note) : null));
  if (!person.active) cell.classList.add("inactive");
  return place(cell, row, -1);
}

function bodyCell(person, row, permission, column) {
  const [name, symbol, meaning] = mark(person, permission);
  const cell = element("td", { className: `mark ${name}`, title: `${person.name}\n${permission.name}`, ariaLabel: `${person.name}, ${permission.name}: ${meaning}` }, symbol);
  if (column > 0 && shownPermissions[column - 1].kind !== permission.kind) cell.classList.add("first");
  return place(cell, row, column);
}

function draw(force = false) {
  const names = grid.querySelector(".corner")?.offsetWidth ?? 0;
  const [top, bottom] = visible(scroller.scrollTop, scroller.clientHeight, shownPeople.length);
  const [left, right] = visible(scroller.scrollLeft, scroller.clientWidth - names, shownPermissions.length);
  const now = [top, bottom, left, right].join();
  if (!force && now === drawn) return;
  drawn = now;

  const columns = shownPermissions.slice(left, right);
  const widths = element("colgroup", {}, element("col", { className: "names" }), ...[left, ...columns.map(() => 1), shownPermissions.length - right].map((n) => {
    const column = element("col", {});
    column.style.width = `${n * size}px`;
    return column;
  }));
  const head = element("tr", { ariaRowIndex: "1" }, element("td", { className: "corner" }), gap(), ...columns.map((permission, i) => headerCell(permission, left + i)), gap());
  const space = (rows) => {
    const row = element("tr", { className: "gap", ariaHidden: "true" });
    row.style.height = `${rows * size}px`;
    return row;
  };
  const body = shownPeople.slice(top, bottom).map((person, i) => {
    const row = top + i;
    return element("tr", { ariaRowIndex: String(row + 2) }, nameCell(person, row), gap(), ...columns.map((permission, j) => bodyCell(person, row, permission, left + j)), gap());
  });
  grid.replaceChildren(widths, element("thead", {}, head), element("tbody", {}, space(top), ...body, space(shownPeople.length - bottom)));
  grid.ariaRowCount = shownPeople.length + 1;
  grid.ariaColCount = shownPermissions.length + 1;
  if (byId("active-cell")) grid.setAttribute("aria-activedescendant", "active-cell");
  else grid.removeAttribute("aria-activedescendant");
}

function moveTo(row, column) {
  active = {
    row: Math.max(-1, Math.min(shownPeople.length - 1, row)),
    column: Math.max(-1, Math.min(shownPermissions.length - 1, column)),
  };
  if (active.row < 0 && active.column < 0) active.column = 0; // The corner is empty.
  const corner = grid.querySelector(".corner");
  const near = (offset, at, length) => Math.max(Math.min(offset, at), at + size - length);
  if (active.row >= 0) scroller.scrollTop = near(scroller.scrollTop, active.row * size, scroller.clientHeight - corner.offsetHeight);
  if (active.column >= 0) scroller.scrollLeft = near(scroller.scrollLeft, active.column * size, scroller.clientWidth - corner.offsetWidth);
  draw(true);
}

function open({ row, column }) {
  if (row < 0 && shownPermissions[column]) showPermission(shownPermissions[column]);
  else if (column < 0 && shownPeople[row]) showPerson(shownPeople[row]);
  else if (shownPeople[row] && shownPermissions[column]) showCell(shownPeople[row], shownPermissions[column]);
}

grid.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-row]");
  if (!cell) return;
  moveTo(Number(cell.dataset.row), Number(cell.dataset.column));
  open(active);
});

grid.addEventListener("keydown", (event) => {
  const { row, column } = active;
  const page = Math.max(1, Math.floor(scroller.clientHeight / size) - step);
  const far = event.ctrlKey || event.metaKey;
  const moves = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    PageUp: [Math.max(0, row - page), column], PageDown: [row + page, column],
    Home: [far ? 0 : row, -1], End: [far ? shownPeople.length : row, shownPermissions.length],
  };
  if (event.key === "Enter" || event.key === " ") open(active);
  else if (moves[event.key] && !event.altKey) moveTo(...moves[event.key]);
  else return;
  event.preventDefault();
});

/* The panel. */

const panel = byId("panel");

function show(title, ...body) {
  byId("panel-title").replaceChildren(...title);
  byId("panel-body").replaceChildren(...body.filter((part) => part !== null));
  panel.hidden = false;
  panel.scrollTop = 0;
  draw();
}

function close() {
  if (panel.contains(document.activeElement)) grid.focus();
  panel.hidden = true;
  draw();
}

byId("close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

const paragraph = (...children) => element("p", {}, ...children);

// list shows some items, and the others on demand.
function list(name, all, item, first = 200) {
  const made = element(name, {}, ...all.slice(0, first).map(item));
  if (all.length <= first) return made;
  const more = element("button", { type: "button", className: "more" }, `Show ${all.length - first} more`);
  more.addEventListener("click", () => {
    made.append(...all.slice(first).map(item));
    more.remove();
  });
  return element("div", {}, made, more);
}

function link(text, action) {
  const button = element("button", { type: "button", className: "link" }, isolated(text));
  button.addEventListener("click", () => {
    action();
    byId("close").focus(); // The button is gone.
  });
  return button;
}

const linkTo = (person) => link(person.name, () => showPerson(person));

function ways(person, permission) {
  const all = waysTo(person, permission);
  return [paragraph(`${count(all.length, "way leads", "ways lead")} to it:`), list("ol", all, (way) => {
    const steps = way.flatMap((node) => [" → ", element("span", { className: "step" }, element("small", {}, kindOf(node)), " ", isolated(node.name))]);
    return element("li", {}, ...(steps.length > 0 ? steps.slice(1) : ["directly"]));
  }, data.limit < 0 ? all.length : Math.max(1, data.limit))];
}

function describe(person) {
  const parts = [];
  if (person.email && person.email !== person.name) parts.push(isolated(person.email));
  if (person.kind === "subject") parts.push("not in the list of users");
  if (person.kind === "idp_group") parts.push("everybody in a group of an identity provider");
  if (!person.active) parts.push("inactive: may not log in, and so may do nothing");
  parts.push(element("code", {}, person.id));
  return element("p", { className: "about" }, ...parts.flatMap((part, i) => (i > 0 ? [" · ", part] : [part])));
}

function showCell(person, permission) {
  const body = [describe(person)];
  if (isHeld(person, permission)) body.push(...ways(person, permission));
  else if (person.everything.length === 0) body.push(paragraph(`${lacks.replace("d", "D")}.`));
  for (const all of person.everything.filter((other) => other !== permission)) {
    body.push(element("h4", {}, isolated(all.name), " gives it, as it gives everything"), ...ways(person, all));
  }
  const title = [link(person.name, () => showPerson(person)), element("br", {}), link(permission.name, () => showPermission(permission))];
  show(title, ...body);
}

function showPerson(person) {
  const body = [describe(person)];
  const held = permissions.filter((permission) => isHeld(person, permission));
  if (person.everything.length > 0) body.push(element("p", { className: "strong" }, "Has everything."));
  body.push(paragraph(held.length > 0 ? `Has ${count(held.length, "permission")}:` : "Has nothing."));
  for (const [kind, { heading }] of Object.entries(kinds)) {
    const some = held.filter((permission) => permission.kind === kind);
    if (some.length === 0) continue;
    body.push(element("h4", {}, heading), list("ul", some, (permission) => element("li", {}, link(permission.name, () => showCell(person, permission)))));
  }
  show([isolated(person.name)], ...body);
}

function showPermission(permission) {
  const holders = people.filter((person) => isHeld(person, permission));
  const implied = people.filter((person) => isImplied(person, permission));
  const item = (person) => element("li", {}, link(person.name, () => showCell(person, permission)), notes(person) ? element("small", {}, ` ${notes(person)}`) : null);
  const body = [element("p", { className: "about" }, kindOf(permission), permission.id === permission.name ? null : " · ", permission.id === permission.name ? null : element("code", {}, permission.id))];
  if (permission.everything) body.push(element("p", { className: "strong" }, "Gives everything."));
  body.push(paragraph(holders.length > 0 ? `${count(holders.length, "has", "have")} it:` : "Nobody has it on its own."), list("ul", holders, item));
  if (implied.length > 0) body.push(element("h4", {}, `${count(implied.length, "has", "have")} it because they have everything`), list("ul", implied, item));
  show([isolated(permission.name)], ...body);
}

/* The filters. */

function filter() {
  const matches = (input) => {
    const text = byId(input).value.trim().toLowerCase();
    return (item) => item.text.includes(text);
  };
  const inactive = byId("with-inactive").checked;
  shownPeople = people.filter((person) => person.active || inactive).filter(matches("people"));
  shownPermissions = permissions.filter(matches("wanted"));
  const hidden = inactive ? 0 : people.filter((person) => !person.active).filter(matches("people")).length;
  byId("status").textContent = `${shownPeople.length} of ${people.length} people and ${shownPermissions.length} of ${permissions.length} permissions` +
    (hidden > 0 ? `; ${count(hidden, "inactive user is", "inactive users are")} hidden` : "");
  scroller.scrollTo(0, 0);
  active = { row: 0, column: 0 };
  draw(true);
}

byId("filters").addEventListener("input", filter);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
scroller.addEventListener("scroll", () => requestAnimationFrame(() => draw()));
new ResizeObserver(() => draw()).observe(scroller);

// On paper, a list says more than a matrix that does not fit.
addEventListener("beforeprint", () => {
  byId("printed").replaceChildren(...shownPeople.flatMap((person) => {
    const held = shownPermissions.filter((permission) => isHeld(person, permission) && !permission.everything).map((permission) => permission.name);
    if (person.everything.length > 0) held.unshift(`everything (${person.everything.map((permission) => permission.name).join(", ")})`);
    if (held.length === 0) held.push("nothing");
    const note = notes(person);
    return [element("h3", {}, isolated(person.name), note ? element("small", {}, ` ${note}`) : null), paragraph(...held.flatMap((name, i) => [i > 0 ? ", " : "", isolated(name)]))];
  }));
});
addEventListener("afterprint", () => byId("printed").replaceChildren());

// The header is as high as the longest name, within limits.
const longest = Math.max(0, ...permissions.map((permission) => [...permission.name].length));
scroller.style.setProperty("--head", `${Math.max(64, Math.min(260, 28 + 8 * longest))}px`);
byId("with-inactive").checked = people.every((person) => !person.active);
byId("app").hidden = false;
filter();
