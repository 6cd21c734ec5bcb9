import { expect, test } from 'vitest';
import { Follower } from '../follower.ts';
import { attachmentMachine } from './attachment.ts';

const BOTH = 0;
const TO_DEVICE = 1;
const FROM_DEVICE = 2;

function attached(manner: 'plain' | 'dynamic' | 'mapped' | 'pinned'): Follower {
  const machine = attachmentMachine({ mappingsMax: 3, pinsMax: 3, directions: [BOTH, TO_DEVICE] });
  return new Follower(machine).takeAll(`attach.${manner}`);
}

test('nothing moves while it is pinned', () => {
  const attachment = attached('dynamic');
  attachment.takeAll('notify', 'relocate', 'pin');
  expect(attachment.step('relocate')).toBeNull();
  attachment.take('unpin');
  expect(attachment.step('relocate')).not.toBeNull();
});

test('an importer that hears of no moves has the storage for itself while it has a table', () => {
  const attachment = attached('plain');
  attachment.takeAll('relocate', 'map');
  expect(attachment.step('relocate')).toBeNull();
  expect(attachment.step('notify')).toBeNull();
  attachment.take('unmap');
  expect(attachment.step('relocate')).not.toBeNull();
});

test('a table that is kept answers its own direction, or all when it is for both', () => {
  const one = attached('plain');
  one.take({ type: 'map.kept', detail: TO_DEVICE });
  expect(one.step({ type: 'map.cached', detail: FROM_DEVICE })).toBeNull();
  expect(one.step({ type: 'map.busy', detail: FROM_DEVICE })).not.toBeNull();
  expect(one.step({ type: 'map.busy', detail: TO_DEVICE })).toBeNull();
  const both = attached('mapped');
  both.take({ type: 'map.kept', detail: BOTH });
  expect(both.step({ type: 'map.cached', detail: FROM_DEVICE })).not.toBeNull();
});

test('where only the exporter moves, pin and map come at attach, and go at detach', () => {
  const attachment = attached('pinned');
  expect(attachment.step({ type: 'map.kept', detail: BOTH })).toBeNull();
  attachment.take('pin');
  attachment.take({ type: 'map.kept', detail: BOTH });
  expect(attachment.step('detach')).toBeNull();
  attachment.take({ type: 'drop', detail: BOTH });
  expect(attachment.step('detach')).toBeNull();
  attachment.takeAll('unpin', 'detach', 'free');
  expect(attachment.view).toEqual({ state: 'unlisted', context: { kept: -1 } });
});

test('a device reaches only what is mapped', () => {
  const attachment = attached('dynamic');
  expect(attachment.step('access')).toBeNull();
  attachment.takeAll('map', 'access', 'map', 'unmap', 'access', 'unmap');
  expect(attachment.step('access')).toBeNull();
});
