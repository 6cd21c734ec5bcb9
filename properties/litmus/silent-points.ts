/**
 * Preemption points at which it cannot matter whether somebody else runs, by name, each with
 * the reason. A point that is listed here and does matter fails the mutation run.
 */
export const SILENT_POINTS: Readonly<Record<string, string>> = {
  'DmaFence.timestamp: flags.waitFor':
    'a wait joins the step before it only when TIMESTAMP is set already, and that is final',
  'DmaFence.timestamp: timestampNs.read': 'behind TIMESTAMP the time never changes again',
  'DmaFence.defaultWait: sleeper.isSignalPending':
    'the step before tests SIGNALED under the lock: nobody can change that, or see it being read',
  'DmaFence.sleepLocked: sleeper.setState':
    'the step before tests SIGNALED under the lock: nobody can change that, or see it being read',
  'FenceStubs.getStub: stub.flags.set': 'the stub is reachable only under the lock that is held',
  'FenceStubs.allocatePrivateStub: stub.flags.set': 'nobody else has the stub yet',
  'SyncFile.isUnlinked: linkage':
    'it only spares an atomic access: a linked node implies that POLL_ENABLED is set',
  'SyncFile.claim: flags.testAndSet':
    'whoever links or unlinks the node after the look before it has set POLL_ENABLED first',
  'SyncFile.isClaimed: flags.test': 'nobody polls a file whose last reference is gone',
};
