// Runs, as of training, that take longer than a frame: a figure's script says how one goes on, a worker goes on with it.
//
//   live("trainer", (state, reports) => ({ … }), handles, { updates: function* ({ gain }) { for (;;) yield report; } })
//
// The control of this name, here `updates`, says how many reports a state shows, after the first one, which is made at once.
// The generator is told the values of all others: a run of theirs is kept until one of them changes.
const gttRuns = (() => {
  "use strict";

  /** The worker's text: the figure's script, of which it makes the reports of 40 ms each time it is asked. */
  const text = (script) => `let run;
    (${script})((name, draw, handles, works) => {
      onmessage = ({ data }) => {
        run ??= Object.values(works)[0](data);
        const reports = [], end = performance.now() + 40;
        do reports.push(run.next().value);
        while (performance.now() < end);
        postMessage(reports);
      };
    }, (${gttTools})())`;

  class Runs {
    constructor(figure, works) {
      Object.assign(this, { figure, reports: [], wanted: 0 });
      [[this.name, this.work]] = Object.entries(works);
      this.hired = new gttHired(figure, text(gttScripts[figure.id]), (reports) => {
        this.reports.push(...reports.slice(this.known));
        this.known = Math.max(0, this.known - reports.length);
        this.show();
      });
    }

    get control() {
      return this.figure.control(this.name);
    }

    /** More than there are is to be shown. */
    get isLate() {
      return this.reports.length <= this.wanted;
    }

    /** The reports that a state shows; those that are missing are asked for. */
    of({ [this.name]: wanted, ...settings }) {
      const key = JSON.stringify(settings);
      if (key !== this.key) {
        this.halt();
        Object.assign(this, { key, settings, reports: [this.work(settings).next().value] });
      }
      this.wanted = wanted;
      this.ask();
      return this.reports.slice(0, wanted + 1);
    }

    ask() {
      const { last, values, timer } = this.control;
      if (this.hired.isBusy || !(this.isLate || (timer && this.reports.length <= values[last]))) return;
      if (!this.hired.worker) this.known = this.reports.length; // a new worker makes these again
      this.hired.ask(this.settings);
    }

    /** What has come: while the control plays it moves on, to the last one. */
    show() {
      const { timer, last, values } = this.control, count = Math.min(this.reports.length - 1, values[last]);
      if (!timer || count === this.wanted) return this.figure.request();
      if (count === values[last]) this.control.stop();
      this.figure.moveTo({ [this.name]: count });
    }

    /** On from what there is, or where that is all from the start. */
    play() {
      const { control } = this;
      if (control.index === control.last) {
        this.key = null;
        this.figure.choose({ [this.name]: 0 });
      }
      control.timer = true;
      control.press(true);
      this.show();
    }

    halt() {
      this.hired.end();
      this.control.stop();
    }
  }

  return Runs;
})();
