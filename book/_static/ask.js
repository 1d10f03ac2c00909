// Small questions: what a reader types is read as a formula, evaluated at the question's points, and compared there.
{
  // a text in the language of the page (minirnn/figures/language.js), with these words in it
  const said = (text, words = {}) => (typeof gttSay === "undefined" ? text : gttSay(text)).replace(/\{([a-z]+)\}/g, (_, name) => words[name]);
  const FUNCTIONS = new Map(Object.entries({ sqrt: Math.sqrt, exp: Math.exp, ln: Math.log, log: Math.log, abs: Math.abs,
    sin: Math.sin, cos: Math.cos, tanh: Math.tanh }));
  const CONSTANTS = new Map([["pi", Math.PI], ["e", Math.E]]);
  const GREEK = { λ: "lam", lambda: "lam", σ: "sigma", ρ: "rho", η: "eta", α: "alpha", κ: "kappa", γ: "gamma", π: "pi", τ: "tau",
    μ: "mu", ω: "omega", δ: "delta", ε: "eps" };
  const SIGNS = { "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "**": "^" };
  const TOKEN = /(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?|[.,]\d+)|([a-zα-ω]\w*)|(\*\*|[-+*/^()%−–·×÷])|(\S)/giu;
  const UP = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

  class Unread extends Error {}

  // A function of the values of `names`, by descent: sum, product, sign, power, atom. Nothing of it is run as code.
  function read(text, names) {
    if (text.length > 200) throw new Unread(said("That is too long for an answer here."));
    const plain = text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (run) =>
      "^(" + [...run].map((c) => UP.indexOf(c) === 10 ? "-" : UP.indexOf(c)).join("") + ")");
    const tokens = [...plain.matchAll(TOKEN)];
    if (!tokens.length) throw new Unread(said("Type a number or a formula, such as 0.5 or 1/(1 - a)."));
    const odd = tokens.find((token) => token[4]);
    if (odd) throw new Unread(said("“{sign}” cannot be read here. Use digits, names, + - * / ^ and brackets.", { sign: odd[4] }));
    let at = 0;
    const sign = () => tokens[at] && (SIGNS[tokens[at][3]] ?? tokens[at][3]);
    const take = (...signs) => signs.includes(sign()) ? (at += 1, SIGNS[tokens[at - 1][3]] ?? tokens[at - 1][3]) : null;

    function sum() {
      let left = product();
      for (let op; (op = take("+", "-"));) left = join(op, left, product());
      return left;
    }
    function product() {
      let left = signed();
      for (;;) {
        const op = take("*", "/");
        if (op) left = join(op, left, signed());
        else if (tokens[at]?.[1] && tokens[at - 1][1]) throw new Unread(said("Between two numbers a sign is missing. Write 5000 without a space."));
        else if (tokens[at] && (!tokens[at][3] || sign() === "(")) left = join("*", left, power());
        else return left;
      }
    }
    function signed() {
      const op = take("-", "+"), inner = op ? signed() : power();
      return op === "-" ? (v) => -inner(v) : inner;
    }
    function power() {
      const base = atom();
      return take("^") ? join("^", base, signed()) : base;
    }
    function atom() {
      const token = tokens[at];
      if (!token) throw new Unread(said("The formula stops too early: something is missing at its end."));
      if (take("(")) {
        const inner = sum();
        if (!take(")")) throw new Unread(said("A bracket is not closed."));
        return inner;
      }
      if (token[3]) throw new Unread(said("Before “{sign}” something is missing.", { sign: token[3] }));
      at += 1;
      if (token[1]) {
        const number = Number(token[1].replace(",", ".")), value = take("%") ? number / 100 : number;
        return () => value;
      }
      const name = Object.hasOwn(GREEK, token[2]) ? GREEK[token[2]] : token[2], place = names.indexOf(name);
      if (place >= 0) return (v) => v[place];
      if (CONSTANTS.has(name)) return () => CONSTANTS.get(name);
      if (FUNCTIONS.has(name)) {
        if (sign() !== "(") throw new Unread(said("After “{name}” brackets are needed: {name}(…).", { name }));
        const inner = atom(), f = FUNCTIONS.get(name);
        return (v) => f(inner(v));
      }
      const use = { name: token[2], known: names.join(", "), functions: [...FUNCTIONS.keys()].join(", ") };
      throw new Unread(names.length ? said("“{name}” is not known here. Use {known}, and perhaps {functions}.", use)
        : said("“{name}” is not known here. A number is asked for, and perhaps {functions}.", use));
    }
    const whole = sum();
    if (at < tokens.length) throw new Unread(said("“{sign}” has no partner: is there a bracket too many?", { sign: tokens[at][0] }));
    return whole;
  }

  function join(op, a, b) {
    if (op === "+") return (v) => a(v) + b(v);
    if (op === "-") return (v) => a(v) - b(v);
    if (op === "*") return (v) => a(v) * b(v);
    return op === "/" ? (v) => a(v) / b(v) : (v) => a(v) ** b(v);
  }

  const near = (got, want, tol) => got.every((x, i) => Math.abs(x - want[i]) <= tol * Math.abs(want[i]) + 1e-12);
  const short = (x) => said(String(Number(x.toPrecision(4))).replace("-", "−"));

  // [is it right, what to say]
  function judge({ names, points, right, tol, mistakes }, text) {
    let got;
    try {
      const f = read(text, names);
      got = points.map(f);
      if (!got.every(Number.isFinite)) throw new Unread(said("That gives no finite number. Is something divided by 0?"));
      if (near(got, right, tol)) return [true, said("Right.")];
      const known = mistakes.find(([wrong]) => near(got, points.map(read(wrong, names)), tol));
      if (known) return [false, `${said("Not yet:")} ${said(known[1])}`];
    } catch (error) {
      if (error instanceof Unread) return [false, error.message];
      throw error;
    }
    if (near(got, right.map((x) => -x), tol)) return [false, said("Not yet: the sign is wrong.")];
    if (!names.length) return [false, got[0] < right[0] ? said("Not yet: {got} is too small.", { got: short(got[0]) }) : said("Not yet: {got} is too large.", { got: short(got[0]) })];
    const i = got.findIndex((x, k) => !near([x], [right[k]], tol));
    const where = names.map((name, k) => `${name} = ${short(points[i][k])}`).join(", ");
    return [false, said("Not yet: for {where} it gives {got}, and {right} is right.", { where, got: short(got[i]), right: short(right[i]) })];
  }

  // What was answered, in this browser alone: {page and key: {text, right}}. Without a storage it lasts as long as the page.
  const KEY = "gtt-answers";
  let held = {};
  function answers() {
    try {
      const read = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      if (read && typeof read === "object" && !Array.isArray(read)) held = read;
    } catch { /* no storage, or another's text in it */ }
    return held;
  }
  function keep(all) {
    held = all;
    try { localStorage.setItem(KEY, JSON.stringify(all)); } catch { /* none, or full: they last as long as the page */ }
  }

  class Ask extends HTMLElement {
    static judge = judge;

    connectedCallback() {
      if (this.form) return;
      this.question = JSON.parse(this.dataset.ask);
      this.form = this.querySelector("form");
      [this.input, this.said] = [this.form.querySelector("input"), this.querySelector("[role=status]")];
      this.form.hidden = false;
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        const [right] = this.tell(this.input.value);
        keep({ ...answers(), [this.dataset.key]: { text: this.input.value.slice(0, 200), right } });
        Ask.count();
      });
      const before = answers()[this.dataset.key];
      if (typeof before?.text === "string") this.tell(this.input.value = before.text);
      Ask.count();
    }

    tell(text) {
      const [right, said] = judge(this.question, text);
      this.said.textContent = said;
      this.said.className = right ? "right" : "wrong";
      this.input.setAttribute("aria-invalid", String(!right));
      if (right) this.querySelector("details").open = true;
      return [right, said];
    }

    clear() {
      this.input.value = this.said.textContent = "";
      this.input.removeAttribute("aria-invalid");
      this.querySelector("details").open = false;
    }

    // A line below the page's last question, or last check, says how many that have a field to type in are answered right,
    // and gives and deletes what is kept. Checks have none: they answer without a script, and nothing of them is kept.
    static count() {
      const here = [...document.querySelectorAll("gtt-ask")], all = answers();
      let line = document.querySelector(".gtt-answered");
      if (!line) {
        line = document.createElement("p");
        line.className = "gtt-answered";
        line.innerHTML = '<span></span> <a download="answers.json"></a> <button type="button"></button>';
        line.querySelector("a").textContent = said("Save my answers as a file");
        line.querySelector("button").textContent = said("Delete them");
        line.querySelector("button").addEventListener("click", () => { keep({}); here.forEach((ask) => ask.clear()); Ask.count(); });
      }
      [...document.querySelectorAll("gtt-ask, .gtt-check")].at(-1).after(line);
      const done = here.filter((ask) => all[ask.dataset.key]?.right).length, kept = Object.values(all).filter((a) => a?.right).length;
      line.firstChild.textContent = said(`Questions on this page with an answer to type: ${done} of ${here.length} right; in the book: ${kept}. Your answers stay in this browser.`);
      line.querySelector("a").href = "data:application/json," + encodeURIComponent(JSON.stringify(all, null, 1));
    }
  }
  customElements.define("gtt-ask", Ask);
}
