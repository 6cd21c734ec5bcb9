import { ThreadsPoolWorker } from 'vitest/node';

const NAME = 'kept-threads';

/** The thread that runs leave behind for the next one. */
let kept = null;

/**
 * A plugin for vitest: runs of one process share one thread, and so what it has imported and made
 * fast. Stryker runs vitest once for each mutant and switches the mutant at run time; only a mutant of
 * code that runs while modules load needs them loaded anew, and gets a thread of its own.
 */
export function keptThreads() {
  return {
    name: NAME,
    // Stryker's own options ask for threads, and come after those of a configuration file.
    configureVitest({ project }) {
      project.config.pool = NAME;
      project.config.poolRunner = {
        name: NAME,
        createPoolWorker: (options) => new KeptThread(options),
      };
    },
  };
}

class KeptThread {
  name = NAME;
  #options;
  #thread = null;
  #listeners = [];

  constructor(options) {
    this.#options = options;
  }

  async start() {
    const { project } = this.#options;
    const loadsAnew = project.getProvidedContext().mutantActivation === 'static';
    this.#thread = loadsAnew ? null : kept;
    kept = loadsAnew ? kept : null;
    this.#thread ??= new ThreadsPoolWorker(this.#options);
    this.loadsAnew = loadsAnew;
    await this.#thread.start();
  }

  async stop() {
    for (const [event, listener] of this.#listeners) this.#thread.off(event, listener);
    this.#listeners = [];
    if (this.loadsAnew || kept !== null) await this.#thread.stop();
    else kept = this.#thread;
  }

  on(event, listener) {
    this.#listeners.push([event, listener]);
    this.#thread.on(event, listener);
  }

  off(event, listener) {
    this.#listeners = this.#listeners.filter(([, one]) => one !== listener);
    this.#thread.off(event, listener);
  }

  /** A thread that is told to stop hears nothing any more: it is told nothing, and answered for. */
  send(message) {
    if (message?.type !== 'stop' || this.loadsAnew) this.#thread.send(message);
    else queueMicrotask(() => this.#answer({ type: 'stopped', __vitest_worker_response__: true }));
  }

  deserialize(data) {
    return data;
  }

  #answer(message) {
    for (const [event, listener] of this.#listeners) if (event === 'message') listener(message);
  }
}
