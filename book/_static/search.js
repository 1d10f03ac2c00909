// The search: ranks the sections of the book for what was typed, on the reader's own machine. `book` comes from
// sections.js, which the build makes; `Stemmer` is Sphinx's.

const WEIGHT = { chapter: 1, "look-up": 0.7, exercise: 0.4, assignment: 0.25, reference: 0.2 };
// a text in the language of the page (minirnn/figures/language.js), with these words in it
const said = (text, words = {}) => (typeof gttSay === "undefined" ? text : gttSay(text)).replace(/\{([a-z]+)\}/g, (_, name) => words[name]);
const LABEL = { chapter: said("Chapter"), "look-up": said("To look things up"), exercise: said("Exercise"), assignment: said("Assignment"), reference: said("Reference") };
const SHOWN = 12;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

// ---- words ------------------------------------------------------------------------------------------------------

const stemmer = new Stemmer(), stems = new Map();

// One form for all endings and spellings of a word; accents, superscripts and subscripts become plain characters
function stem(word) {
  if (!stems.has(word)) stems.set(word, stemmer.stemWord(american(word)));
  return stems.get(word);
}
function american(word) {
  const plain = word.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  return plain.replace(/is(e[drs]?|ing|ations?)$/, "iz$1").replace(/(?<=\w{4})our(s|ed|ing)?$/, "or$1");
}
const words = (text) => text.toLowerCase().replace(/n['’]t\b/g, " not").replace(/['’]s\b/g, "").match(WORD) ?? [];
const stemmed = (text) => words(text).map(stem);

const ignored = new Set(book.ignored);
const same = new Map(Object.entries(book.same).map(([key, others]) => [stemmed(key).join(" "), others.split(",").map(stemmed)]));
const longest = Math.max(...[...same.keys()].map((key) => key.split(" ").length));

// How many sections have a word, and all words as they are written, for what is misspelt or half typed
const spread = new Map(), written = new Set();
let sections = [], meanLength = 0;

// Stems the whole book: half a second of a slow phone, so it waits for the first query
function stemAll() {
  sections = book.sections.map(([page, anchor, title, kind, text, keys]) => {
    const [address, pageTitle] = book.pages[page], tokens = stemmed(text), counts = new Map();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    // the top of a page is a section without an anchor, and its title is the page's
    return { link: address + (anchor && "#" + anchor), title, kind, text, tokens, counts, pageTitle: anchor && pageTitle,
      titleStems: stemmed(title), keyStems: new Set(stemmed(keys)), pageStems: new Set(anchor ? stemmed(pageTitle) : []) };
  });
  meanLength = sections.reduce((sum, section) => sum + section.tokens.length, 0) / sections.length;
  for (const { title, text, titleStems, counts } of sections) {
    for (const token of new Set([...titleStems, ...counts.keys()])) spread.set(token, (spread.get(token) ?? 0) + 1);
    for (const word of words(title + " " + text)) written.add(word);
  }
}
const rarity = (token) => Math.log(1 + (sections.length - spread.get(token) + 0.5) / (spread.get(token) + 0.5));

// ---- what was meant ---------------------------------------------------------------------------------------------

// Letters to change, add, drop or swap until one word is the other
function distance(a, b) {
  let before = [], row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

// The written word that is likely meant: first letters are seldom wrong
function nearestWord(word) {
  const limit = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  const near = [...written].filter((other) => word[0] === other[0] && Math.abs(other.length - word.length) <= limit)
    .map((other) => [distance(word, other) - Math.log(spread.get(stem(other))) / 100, other]);
  return near.filter(([cost]) => cost <= limit).sort(([a], [b]) => a - b)[0]?.[1];
}

// The query as groups of alternatives, each of them words that a section must have together
function understand(query) {
  const typed = words(query), groups = [], corrected = [], unknown = [];
  if (typed.length && !sections.length) stemAll();
  const telling = typed.some((word) => !ignored.has(word));
  for (let i = 0, length; i < typed.length; i += length) {
    const part = () => typed.slice(i, i + length).map(stem);
    for (length = Math.min(longest, typed.length - i); length > 1 && !same.has(part().join(" ")); length--);
    const word = typed[i], others = same.get(part().join(" ")) ?? [];
    if (telling && length === 1 && ignored.has(word)) continue;
    const inRow = typed.slice(i, i + length).some((other) => ignored.has(other));
    const group = [{ all: part(), weight: 1, inRow }, ...others.map((all) => ({ all, weight: 0.9, inRow: true }))];
    if (length === 1 && !written.has(word)) {
      const known = spread.has(stem(word)) || others.length;
      const longer = known || word.length < 3 ? [] : [...written].filter((other) => other.startsWith(word));
      const near = longer.length ? undefined : nearestWord(word);
      if (near && !known) corrected.push([word, near]);
      else if (!known && !longer.length) unknown.push(word);
      group.push(...(near ? [near] : longer).map((other) => ({ all: [stem(other)], weight: 0.9 })));
      for (const all of (near && same.get(stem(near))) ?? []) group.push({ all, weight: 0.8, inRow: true });
    }
    groups.push(group.filter(({ all }) => all.every((token) => spread.has(token))));
  }
  return { groups: groups.filter((group) => group.length), asked: groups.length, corrected, unknown, absent: untreated(query),
    code: /[_.(]\S/.test(query) };
}

// What the book does not treat, by its very words: spikes of a loss are not spiking networks
function untreated(query) {
  const spelt = (text) => ` ${words(text).map((word) => american(word).replace(/s$/, "")).join(" ")} `;
  return book.absent.filter((entry) => entry.words.some((phrase) => spelt(query).includes(spelt(phrase))));
}

// ---- ranking ----------------------------------------------------------------------------------------------------

// One word in one section (BM25), more if it stands in a title
function worth(token, { tokens, counts, titleStems, keyStems, pageStems }) {
  const count = counts.get(token) ?? 0;
  const inText = (2.2 * count) / (count + 1.2 * (0.4 + (0.6 * tokens.length) / meanLength));
  const inTitle = titleStems.includes(token) ? 3 / (1 + titleStems.length / 8) : 0;
  return rarity(token) * (inText + inTitle + 1.6 * keyStems.has(token) + 0.9 * pageStems.has(token));
}

// The best alternative of a group in a section: what it is worth, and its words
function best(group, section) {
  let found = { value: 0, all: [] };
  for (const { all, weight, inRow } of group) {
    const values = all.map((token) => worth(token, section));
    const value = Math.min(...values) > 0 && !(inRow && apart(all, section)) ? (weight * values.reduce((a, b) => a + b)) / Math.sqrt(values.length) : 0;
    if (value > found.value) found = { value, all };
  }
  return found;
}

const apart = (all, { tokens, titleStems }) =>
  all.length > 1 && ![tokens, titleStems].some((line) => line.some((_, i) => all.every((token, k) => line[i + k] === token)));

// The fewest words in a row that hold one of each group
function closeness(groups, { tokens, titleStems }) {
  let shortest = Infinity;
  for (const line of [titleStems, tokens]) {
    const last = groups.map(() => -Infinity);
    line.forEach((token, i) => {
      groups.forEach((all, k) => { if (all.includes(token)) last[k] = i; });
      shortest = Math.min(shortest, i - Math.min(...last) + 1);
    });
  }
  return groups.length / Math.max(shortest, groups.length);
}

function rank({ groups, asked, absent, code }) {
  const weight = code ? { ...WEIGHT, reference: 1 } : WEIGHT;  // a name from the library
  const hits = [], typed = groups.flatMap(([{ all }]) => all); // marked where they stand, though another word tells more
  for (const section of sections) {
    const found = groups.map((group) => best(group, section)).filter(({ value }) => value);
    if (!found.length) continue;
    const together = found.length > 1 ? closeness(found.map(({ all }) => all), section) : 0;
    const value = found.reduce((sum, { value }) => sum + value, 0) * (found.length / asked) ** 2 * (1 + 1.5 * together);
    // the section whose title is the query says what it means, as a term of the glossary does
    const whole = found.length === asked && section.titleStems.join(" ") === found.flatMap(({ all }) => all).join(" ");
    hits.push({ section, value: value * (whole ? 1.5 : 1) * weight[section.kind] * (section.pageTitle ? 1 : 0.85), marked: new Set([...typed, ...found.flatMap(({ all }) => all)]) });
  }
  hits.sort((a, b) => b.value - a.value);
  const nearest = absent.flatMap((entry) => entry.see).map((number) => sections[number]);
  const first = [...new Set(nearest)].map((section) => ({ section, marked: new Set(groups.flat().flatMap(({ all }) => all)) }));
  return [...first, ...hits.filter(({ section, value }) => value > hits[0].value / 5 && !nearest.includes(section))];
}

// ---- what is shown ----------------------------------------------------------------------------------------------

function make(tag, attributes, ...children) {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

// A text with the indices and powers that Unicode lacks, as in dh_T or λ^k, set lower and higher; names of code stay
const SHIFTED = /(?<=(?<![\p{L}\d_][\p{L}\d_])[\p{L})\]′‖])([_^])(?:\(([^()\s]+)\)|(\p{L}|[\d−+]+)(?![\p{L}\d_]))/gu;
function typeset(text) {
  const parts = [];
  let at = 0;
  for (const { 0: whole, 1: mark, 2: several, 3: one, index } of text.matchAll(SHIFTED)) {
    parts.push(text.slice(at, index), make(mark === "_" ? "sub" : "sup", {}, several ?? one));
    at = index + whole.length;
  }
  return [...parts, text.slice(at)];
}

// The stretch of a text that has most of the words, from the start of a sentence if one is near, with the words marked
function excerpt(text, marked, size = 230) {
  const places = [...text.matchAll(WORD)].filter(([word]) => marked.has(stem(word)));
  const inside = (from) => places.filter(({ index }) => index >= from && index < from + size - 40).map(([word]) => stem(word));
  const value = (from) => [...new Set(inside(from))].reduce((sum, token) => sum + rarity(token), 0);
  const starts = [0, ...[...text.matchAll(/[.?!:;·…] /g)].map(({ index }) => index + 2), ...places.map(({ index }) => Math.max(0, index - 80))];
  let from = starts.reduce((chosen, start) => (value(start) > value(chosen) ? start : chosen), 0);
  if (from && !/[.?!:;·…] $/.test(text.slice(from - 2, from))) from = text.indexOf(" ", from) + 1;
  const rest = text.slice(from, from + size), to = from + (text.length > from + size ? rest.lastIndexOf(" ") : rest.length);
  const out = make("p", { className: "gtt-excerpt" }, from ? "… " : "");
  let at = from;
  for (const { 0: word, index } of places.filter(({ index }) => index >= from && index < to)) {
    out.append(...typeset(text.slice(at, index)), make("mark", {}, word));
    at = index + word.length;
  }
  out.append(...typeset(text.slice(at, to)), to < text.length ? " …" : "");
  return out;
}

function item({ section, marked }) {
  const place = [section.pageTitle, LABEL[section.kind]].filter(Boolean).join(" · ");
  return make("li", {}, make("h2", {}, make("a", { href: section.link }, ...typeset(section.title))),
    make("p", { className: "gtt-place" }, place), excerpt(section.text, marked));
}

const quoted = (list) => list.map((word) => said("“{word}”", { word })).join(", ");

function summary(query, { corrected, unknown, absent }, hits) {
  const told = absent.map(({ name }) => said("The book does not treat {name}; the nearest sections come first.", { name }));
  for (const [word, near] of corrected) told.push(said("No section has {word}; this is for {near}.", { word: quoted([word]), near: quoted([near]) }));
  if (unknown.length && hits.length && !absent.length) told.push(said("No section has {word}.", { word: quoted(unknown) }));
  if (!hits.length) told.push(said("No section has {word}.", { word: quoted([query.trim()]) }), said("Try another word for it, or look here:"));
  else if (!absent.length) told.push(hits.length === 1 ? said("One section.") : hits.length > SHOWN ? said(`The best ${SHOWN} sections.`) : said(`${hits.length} sections.`));
  return told.join(" ");
}

function show(query) {
  const status = document.querySelector(".gtt-search [role=status]"), list = document.querySelector(".gtt-search ol");
  const meant = understand(query), hits = rank(meant), empty = !words(query).length;
  status.textContent = empty ? "" : summary(query, meant, hits);
  list.replaceChildren(...hits.slice(0, SHOWN).map(item));
  document.querySelector(".gtt-search .gtt-help").hidden = hits.length > 0;
}

// Results follow the typing; Enter makes them an address that can be kept
addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector(".gtt-search input");
  let wait;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(show, 200, field.value); });
  show(field.value);
  field.focus();
});
