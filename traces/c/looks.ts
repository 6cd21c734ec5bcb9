import type { Part, WriteCall } from './part.ts';

const look: WriteCall = () => 'say(r, "not seen from user space")';

/** What only a debugger sees: it changes nothing, and is left out. */
export const LOOKS: Part = {
  title: 'looks of a debugger',
  headers: [],
  needs: [],
  code: '',
  calls: Object.fromEntries(
    [
      'gem.look',
      'heap.chunks',
      'inspect.pins',
      'point.flags',
      'prime.attachments',
      'prime.entries',
      'prime.pages',
      'timeline.context',
      'timeline.points',
      'timeline.value',
      'watch.timeline',
    ].map((op) => [op, look]),
  ),
};
