import { runEngine } from '../engines.ts';
import { w2SizeOf } from './size.ts';
import { W2Subject } from './subject.ts';

/** The product's run, in a process of its own: engine and size are its arguments. */
const [, , engine = '', size = ''] = process.argv;
await runEngine(engine, (options) => new W2Subject(w2SizeOf(size), options));
