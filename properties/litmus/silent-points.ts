/**
 * Preemption points at which it cannot matter whether somebody else runs, by name, each with
 * the reason. A point that is listed here and does matter fails the mutation run.
 */
export const SILENT_POINTS: Readonly<Record<string, string>> = {
  'DmaFence.timestamp: flags.waitFor':
    'a wait joins the step before it only when TIMESTAMP is set already, and that is final',
  'DmaFence.defaultWait: sleeper.isSignalPending':
    'the step before tests SIGNALED under the lock: nobody can change that, or see it being read',
  'DmaFence.sleepLocked: sleeper.setStateUnordered':
    'the step before tests SIGNALED under the lock: nobody can change that, or see it being read',
  'ResvWalk.restart: cursor.list.count.read':
    'a list is appended to only while the object has it: list and count can be read at one moment',
  'SwSync.printTimeline: timeline.lock.acquire':
    'INC holds the lock around its store: what is read between two holds can be read within one',
  'SwSync.printPoint: fence.flags.test':
    'the step before reads what the same lock protects: nobody can change it, or see it being read',
  'SyncFile.isUnlinked: linkage':
    'it only spares an atomic access: a linked node implies that POLL_ENABLED is set',
  'SyncFile.claim: flags.testAndSet':
    'whoever links or unlinks the node after the look before it has set POLL_ENABLED first',
  'DmaFenceChain.containedSignaled: work.queue':
    'the work runs when the lock of the contained fence is open again: nobody sees it being queued',
  'DmaBufListing.nameAndCount: file.references.read':
    'the step before takes the lock of the name: whoever changes the count can do so before that',
  'DmaBuf.dget: entry.inc':
    'the caller holds the file, which has a reference on the name: nobody can drop the last one',
  'SyncobjWaits.sleepOn: sleeper.scheduleTimeout':
    'a task that was woken before it could sleep and one that has slept go on in the same way',
  'Syncobj.tellWaiter: entry.sleeper.wakeUp':
    'the lock is held: who has seen the fence cannot leave, and nobody else can see it',
};
