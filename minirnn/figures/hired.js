// A worker that a figure hires when there is first something to do. It is made of a text, so that it works in a page on the
// disk, and ends when its figure leaves the page, as when a cell of a notebook is run again; a figure that comes back
// hires another.
const gttHired = class {
  /** `receive` gets what the worker answers; `isBusy` until then. */
  constructor(figure, text, receive) {
    Object.assign(this, { figure, text, receive, worker: null, isBusy: false });
    figure.hired = this;
  }

  ask(message) {
    this.worker ??= this.hire();
    this.isBusy = true;
    this.worker.postMessage(message);
  }

  hire() {
    const url = URL.createObjectURL(new Blob([this.text], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = ({ data }) => {
      this.isBusy = false;
      this.receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault(); // it is reported below, with the name of the figure
      this.figure.rest();
      throw Error(`${this.figure.id}: its worker failed: ${event.message}`);
    };
    return worker;
  }

  end() {
    this.worker?.terminate();
    Object.assign(this, { worker: null, isBusy: false });
  }
};
