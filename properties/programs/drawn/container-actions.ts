import type { DrawnAction } from './draft.ts';

const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;
/** More adds than this in one hold of the lock show nothing new. */
const ADDS_MAX = 3;

/** Merging, and reservation objects. */
export const CONTAINER_ACTIONS: readonly DrawnAction[] = [
  {
    name: 'merge',
    sleeps: true,
    draw: (draft, task, pick) => {
      const first = task.use(pick.of(draft.fences)?.name ?? 'f0');
      const second = task.use(pick.of(draft.fences)?.name ?? 'f0');
      const merged = task.fresh('m');
      task.calls.push(`${merged} = unwrap.merge([${first}, ${second}])`);
      // Without memory there is no merged fence to use.
      if (draft.mayFail) return;
      task.calls.push(
        pick.below(2) === 0 ? `fence.isSignaled(${merged})` : `fence.getStatus(${merged})`,
      );
    },
  },
  {
    name: 'walk along a chain',
    sleeps: false,
    draw: (draft, task, pick) => {
      const chain = draft.fences.find(({ isChain }) => isChain === true);
      if (chain === undefined) return;
      const node = task.use(chain.name);
      const [most, seqno] = [1 + pick.below(2), pick.below(4)];
      if (pick.below(2) === 0) task.calls.push(`chain.elements(${node}, ${most})`);
      else
        task.calls.push(`fence.get(${node})`, `${task.fresh('p')} = chain.find(${node}, ${seqno})`);
    },
  },
  {
    name: 'add to a reservation',
    sleeps: true,
    draw: (draft, task, pick) => {
      const resv = pick.of(draft.resvs);
      if (resv === undefined || draft.mayFail) return;
      const count = 1 + pick.below(ADDS_MAX);
      task.calls.push(`resv.lock(${resv})`, `resv.reserve(${resv}, ${count})`);
      const leaves = draft.fences.filter((fence) => fence.isLeaf);
      for (let add = 0; add < count; add += 1) {
        const fence = task.use(pick.of(leaves)?.name ?? 'f0');
        task.calls.push(`resv.add(${resv}, ${fence}, ${pick.of(USAGES) ?? 'READ'})`);
      }
      task.calls.push(`resv.unlock(${resv})`);
    },
  },
  {
    name: 'test a reservation',
    sleeps: false,
    draw: (draft, task, pick) => {
      const resv = pick.of(draft.resvs);
      if (resv !== undefined) task.calls.push(`resv.test(${resv}, ${pick.of(USAGES) ?? 'READ'})`);
    },
  },
  {
    name: 'wait for a reservation',
    sleeps: true,
    draw: (draft, task, pick) => {
      const resv = pick.of(draft.resvs);
      if (resv === undefined) return;
      const timeout = pick.of(['0', '3']) ?? '0';
      task.calls.push(`resv.wait(${resv}, ${pick.of(USAGES) ?? 'READ'}, timeout: ${timeout})`);
    },
  },
  {
    name: 'lock all reservations, in some order',
    sleeps: true,
    draw: (draft, task, pick) => {
      const { resvs } = draft;
      if (resvs.length === 0) return;
      const order = pick.below(2) === 0 ? resvs : resvs.toReversed();
      task.calls.push(`gem.submit([${order.join(', ')}])`);
    },
  },
];
