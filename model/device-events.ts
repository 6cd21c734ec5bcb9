/** Events of simulated devices: a part of the vocabulary in `events.ts`. */
export const DEVICE_EVENTS = {
  /**
   * A graphics engine with one ring. `detail` of `doorbell` is how many commands then lie between
   * both pointers, of `decode.fence` its flags (1: flush, 2: interrupt), of `decode.batch` how many
   * commands lie in the buffer that it names. `line`: one step of a command that has more of them;
   * `finish`: its last step, with which the read pointer advances. `hang`: no step until a reset.
   */
  gpu: [
    'powerOn',
    'powerOff',
    'doorbell',
    'doorbell.dropped',
    'fetch',
    'decode.plain',
    'decode.fence',
    'decode.wait',
    'decode.batch',
    'decode.bad',
    'line',
    'stall',
    'fence.flush',
    'fence.write',
    'fence.status',
    'fence.raise',
    'finish',
    'abort',
    'hang',
    'reset',
    'resetDone',
    'unplug',
  ],
  /**
   * One screen of a display controller. `detail` of `line*` is the scan line whose pixels are read;
   * `line.fault`: the bus has aborted, `line.late`: it was too slow. At the start of the blank lines
   * the registers are taken over (`latch`, or `repeat` where nobody has asked for it; `latch.register`
   * where the hardware takes each by itself), the frame is counted, and the interrupt comes. `flip`
   * asks for a change at the next line, where `flip.latch` makes it.
   */
  crtc: [
    'enable',
    'disable',
    'go',
    'flip',
    'flip.latch',
    'line',
    'line.fault',
    'line.late',
    'latch',
    'latch.register',
    'repeat',
    'count',
    'vblank',
    'stop',
    'unplug',
  ],
  /**
   * An engine that copies. `detail` of `latch` is the number of bursts. `partial.error` and
   * `partial.silent`: it stops before the last line, and says so or not. `publish`: the count of jobs in
   * memory grows. `refuse`: a register was written while it is busy; `start.dropped`: so was a job.
   */
  dmaEngine: [
    'start',
    'start.dropped',
    'refuse',
    'latch',
    'read',
    'write',
    'partial.error',
    'partial.silent',
    'drain',
    'publish',
    'raise',
    'abort',
    'hang',
    'ack',
    'reset',
    'unplug',
  ],
} as const;
