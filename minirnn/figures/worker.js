// Where a live figure takes longer than a frame its script runs in a worker, made of the same text, so that it works in a
// page on the disk and the page itself stays at hand. While it runs, states come and go: it computes the latest.
const gttWorker = (_, receive, figure) => {
  "use strict";

  /** Within the worker: answers a state with what differs from the last answer. What the script kept is the same object. */
  function serve(script, tools) {
    let compute, shown = {};
    script((_, draw) => (compute = draw), tools, null);
    globalThis.onmessage = ({ data }) => {
      const values = compute(data), news = Object.entries(values).filter(([name, value]) => value !== shown[name]);
      shown = values;
      postMessage({ ...Object.fromEntries(news), words: values.words });
    };
  }

  const text = `const gttWorker = null;(${serve})(${gttScripts[figure.id]}, (${gttTools})())`;
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
