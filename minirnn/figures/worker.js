// Where a live figure takes longer than a frame its script runs in a worker, made of the same text, so that it works in a
// page on the disk and the page itself stays at hand. While it runs, states come and go: it computes the latest.
// Of an artist that is one line, often of thousands of points, the page gets the path data.
const gttWorker = (_, receive, figure, isLine) => {
  "use strict";

  /** Within the worker: answers a state with what differs from the last answer. What the script kept is the same object. */
  function serve(script, tools, { rulers, placed, path }, panels) {
    let compute, shown = {};
    script((_, draw) => (compute = draw), tools, null);
    const drawn = ([name, value]) =>
      [name, value && panels[name] ? { d: path(placed(value.points ?? value, rulers(panels[name]))), hue: value.hue } : value];
    globalThis.onmessage = ({ data }) => {
      const values = compute(data), news = Object.entries(values).filter(([name, value]) => value !== shown[name]);
      shown = values;
      postMessage({ ...Object.fromEntries(news.map(drawn)), words: values.words });
    };
  }

  const { panels, artists } = figure.data.live, lines = Object.entries(artists).filter(([name]) => isLine(name));
  const panelsOf = JSON.stringify(Object.fromEntries(lines.map(([name, { panel }]) => [name, panels[panel]])));
  const text = `const gttWorker = null;(${serve})(${gttScripts[figure.id]}, (${gttTools})(), (${gttRulers})(), ${panelsOf})`;
  const picture = figure.piece("picture");
  let next = null;
  const hired = new gttHired(figure, text, (values) => {
    receive(values);
    if (next) ask(next);
    else picture.removeAttribute("aria-busy");
  });
  function ask(state) {
    if (hired.isBusy) return (next = state);
    next = null;
    picture.setAttribute("aria-busy", "true");
    hired.ask(state);
  }
  return ask;
};
