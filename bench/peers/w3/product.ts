import { runEngine } from '../engines.ts';
import { w3SizeOf } from './size.ts';
import { W3Subject } from './subject.ts';

/** The product's run, in a process of its own: engine and size are its arguments. */
const [, , engine = '', size = ''] = process.argv;
await runEngine(engine, (options) => new W3Subject(w3SizeOf(size), options));
