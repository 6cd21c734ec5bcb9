import type { RuleId } from '../../../model/rules/catalogue.ts';

/** What each end-to-end property claims of every run that has hardware. */
export const E2E_PLANS: Partial<Record<RuleId, string>> = {
  'E2E-001': `Each frame that is shown is one frame, drawn completely, and what a commit changes changes in
      one frame; lines with a record of the hardware are marked.`,
  'E2E-002': 'Frames of a client that commits them in rising order are shown in rising order.',
  'E2E-003': `A commit's fence signals within two vertical blanks after what it waits for, and one period or
      late interrupt more if nature makes a mistake.`,
  'E2E-004':
    'When a fence signals without an error, its work is done and all lines of it are in memory.',
  'E2E-005': `Nobody writes to a frame from the moment it is taken over until another one is, nor to what a codec
      still has to read.`,
  'E2E-006': `Devices that work for a driver reach pages that are mapped for them, also with writes that
      land late; nothing is refused without a mistake of nature.`,
  'E2E-007': 'Nobody reads what was freed, or what another owner has left.',
  'E2E-008': `Every fence of a job signals within a bound that follows from time-outs, fallback timer, latencies
      and reset time, whatever single mistake nature makes; and so do buffers of a codec come back.`,
  'E2E-009': `Behind a reset no fence of the engine is open; those of work that was lost have an error, and
      those of work that was done before have none.`,
  'E2E-010': `When lines of a job are not there, its fence has an error, unless the hardware was silent; when those of
      a frame or a picture are not, the buffer has the error flag that a client gets it in.`,
  'E2E-011': `Between begin and end a processor sees what memory has, and at the end memory has what it
      wrote.`,
  'E2E-012': 'Programs that follow the locking rules come to their end.',
  'E2E-013': 'When everything is closed nothing is left: no object, no page, no address.',
  'E2E-014':
    'Only the job that an engine was at is blamed for a hang; those behind it are cancelled.',
  'E2E-015': `Each frame that a camera begins is delivered, with or without the error flag, or was dropped for want
      of a buffer, or is cut off by the end of its stream; numbers rise, and say which ones were dropped.`,
  'E2E-016': 'Readers see what was written before, wherever the buffer is meanwhile.',
  'E2E-017': 'A pipeline shows the same frames, however its fences are handed over.',
};
