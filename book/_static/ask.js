// Small questions: what a reader types is read as a formula, evaluated at the question's points, and compared there.
{
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
    if (text.length > 200) throw new Unread("That is too long for an answer here.");
    const plain = text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (run) =>
      "^(" + [...run].map((c) => UP.indexOf(c) === 10 ? "-" : UP.indexOf(c)).join("") + ")");
    const tokens = [...plain.matchAll(TOKEN)];
    if (!tokens.length) throw new Unread("Type a number or a formula, such as 0.5 or 1/(1 - a).");
    const odd = tokens.find((token) => token[4]);
    if (odd) throw new Unread(`“${odd[4]}” cannot be read here. Use digits, names, + - * / ^ and brackets.`);
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
        else if (tokens[at]?.[1] && tokens[at - 1][1]) throw new Unread("Between two numbers a sign is missing. Write 5000 without a space.");
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
      if (!token) throw new Unread("The formula stops too early: something is missing at its end.");
      if (take("(")) {
        const inner = sum();
        if (!take(")")) throw new Unread("A bracket is not closed.");
        return inner;
      }
      if (token[3]) throw new Unread(`Before “${token[3]}” something is missing.`);
      at += 1;
      if (token[1]) {
        const number = Number(token[1].replace(",", ".")), value = take("%") ? number / 100 : number;
        return () => value;
      }
      const name = Object.hasOwn(GREEK, token[2]) ? GREEK[token[2]] : token[2], place = names.indexOf(name);
      if (place >= 0) return (v) => v[place];
      if (CONSTANTS.has(name)) return () => CONSTANTS.get(name);
      if (FUNCTIONS.has(name)) {
        if (sign() !== "(") throw new Unread(`After “${name}” brackets are needed: ${name}(…).`);
        const inner = atom(), f = FUNCTIONS.get(name);
        return (v) => f(inner(v));
      }
      throw new Unread(`“${token[2]}” is not known here. ` + (names.length ? `Use ${names.join(", ")}` : "A number is asked for")
        + `, and perhaps ${[...FUNCTIONS.keys()].join(", ")}.`);
    }
    const whole = sum();
    if (at < tokens.length) throw new Unread(`“${tokens[at][0]}” has no partner: is there a bracket too many?`);
    return whole;
  }

  function join(op, a, b) {
    if (op === "+") return (v) => a(v) + b(v);
    if (op === "-") return (v) => a(v) - b(v);
    if (op === "*") return (v) => a(v) * b(v);
    return op === "/" ? (v) => a(v) / b(v) : (v) => a(v) ** b(v);
  }

  const near = (got, want, tol) => got.every((x, i) => Math.abs(x - want[i]) <= tol * Math.abs(want[i]) + 1e-12);
  const short = (x) => String(Number(x.toPrecision(4))).replace("-", "−");

  // [is it right, what to say]
  function judge({ names, points, right, tol, mistakes }, text) {
    let got;
    try {
      const f = read(text, names);
      got = points.map(f);
      if (!got.every(Number.isFinite)) throw new Unread("That gives no finite number. Is something divided by 0?");
      if (near(got, right, tol)) return [true, "Right."];
      const known = mistakes.find(([wrong]) => near(got, points.map(read(wrong, names)), tol));
      if (known) return [false, `Not yet: ${known[1]}`];
    } catch (error) {
      if (error instanceof Unread) return [false, error.message];
      throw error;
    }
    if (near(got, right.map((x) => -x), tol)) return [false, "Not yet: the sign is wrong."];
    if (!names.length) return [false, `Not yet: ${short(got[0])} is too ${got[0] < right[0] ? "small" : "large"}.`];
    const i = got.findIndex((x, k) => !near([x], [right[k]], tol));
    const where = names.map((name, k) => `${name} = ${short(points[i][k])}`).join(", ");
    return [false, `Not yet: for ${where} it gives ${short(got[i])}, and ${short(right[i])} is right.`];
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

    // A line below the page's last question says how many are answered, and gives and deletes what is kept.
    static count() {
      const here = [...document.querySelectorAll("gtt-ask")], all = answers();
      let line = document.querySelector(".gtt-answered");
      if (!line) {
        line = document.createElement("p");
        line.className = "gtt-answered";
        line.innerHTML = '<span></span> <a download="answers.json">Save my answers as a file</a> <button type="button">Delete them</button>';
        line.querySelector("button").addEventListener("click", () => { keep({}); here.forEach((ask) => ask.clear()); Ask.count(); });
      }
      here.at(-1).after(line);
      const done = here.filter((ask) => all[ask.dataset.key]?.right).length, kept = Object.values(all).filter((a) => a?.right).length;
      line.firstChild.textContent = `Questions on this page: ${done} of ${here.length} right; in the book: ${kept}. Your answers stay in this browser.`;
      line.querySelector("a").href = "data:application/json," + encodeURIComponent(JSON.stringify(all, null, 1));
    }
  }
  customElements.define("gtt-ask", Ask);
}
