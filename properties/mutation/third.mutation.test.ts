import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import { conform } from '../conform/conform.ts';
import { keptRecordings } from '../conform/kept-recordings.ts';
import { LITMUS } from '../litmus/index.ts';
import { EVERY_STATE, isReproduced, runLitmus } from '../litmus/run-litmus.ts';
import { walkMachine } from '../paths/check-paths.ts';
import { walkOf } from '../paths/walk.ts';

test.each(keptRecordings().map((file) => [file.slice(file.lastIndexOf('/') + 1), file] as const))(
  'recording %s',
  (_name, file) => {
    const { differences, errors, disagreed } = conform([file]);
    expect(differences.slice(0, 1)).toEqual([]);
    expect({ errors, disagreed }).toEqual({ errors: [], disagreed: 0 });
  },
);

test.each(boundedLifecycles().map((lifecycle) => [lifecycle.kind, lifecycle] as const))(
  'paths of the machine <%s>',
  (_kind, lifecycle) => {
    const { findings } = walkMachine(walkOf(lifecycle), INTACT);
    expect(findings.map(({ message }) => message)).toEqual([]);
  },
);

test.each(LITMUS.map((tested) => [tested.id, tested] as const))('<%s> ends', (_id, tested) => {
  const result = runLitmus(tested, { schedules: EVERY_STATE });
  const { missing, unexpected } = result;
  expect({ missing, unexpected, isReproduced: isReproduced(result) }).toEqual({
    missing: [],
    unexpected: [],
    isReproduced: true,
  });
});
