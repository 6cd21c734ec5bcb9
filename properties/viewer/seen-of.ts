import { errnoName } from '../../impl/kernel/errno.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { AbstractState, ObjectKind } from '../../model/events.ts';
import { EVENTS } from '../../model/events.ts';
import { unboundedLifecycle } from '../../model/lifecycles.ts';
import { stateGraph } from '../../model/state-graph.ts';
import type { Seen, SeenObject } from '../../traces/viewer/seen.ts';
import type { ViewLane, ViewLook } from '../../traces/viewer/view.ts';
import type { Watched } from './look-watch.ts';
import type { RunWatch } from './run-watch.ts';

/** What a watch has seen, as data. */
export function seenOf(watch: RunWatch): Seen {
  const { looks, waits, screens, tasks } = watch;
  const names = new Map<Watched['object'], string[]>();
  for (const [name, object] of looks.names) {
    const list = names.get(object) ?? [];
    list.push(name);
    names.set(object, list);
  }
  const objects = [...looks.objects.values()].map((watched) =>
    objectOf(watched, names.get(watched.object) ?? []),
  );
  return {
    lanes: [...tasks.values()].map(laneOf),
    holds: waits.holds,
    waits: waits.waits,
    objects,
    machines: new Map(
      [...new Set(objects.map(({ kind }) => kind))].filter(isObjectKind).map((kind) => {
        // Kernels with and without lock proving have the same states.
        return [kind, stateGraph(unboundedLifecycle(kind, { lockProving: true }))];
      }),
    ),
    screens: screens.screens.map(({ crtc, frames, omitted }) => ({
      name: omitted === 0 ? crtc.label : `${crtc.label} (${omitted} frames before these left out)`,
      lines: crtc.options.lines,
      frames: frames.filter(({ stamps }) => stamps.length > 0),
    })),
  };
}

function isObjectKind(kind: string): kind is ObjectKind {
  return Object.hasOwn(EVENTS, kind);
}

function laneOf(task: Task): ViewLane {
  const { name, context, world } = task;
  // Lanes of the machine that no processor runs have one that is in no list.
  const cpu = world.cpus.includes(task.cpu) ? task.cpu.index : null;
  if (context !== 'process') return { name, kind: context, cpu };
  if (task.isNatures) return { name, kind: 'device', cpu: null };
  return { name, kind: world.tasks.includes(task) ? 'task' : 'machine', cpu };
}

function objectOf({ object, moments }: Watched, names: readonly string[]): SeenObject {
  return {
    name: object.label,
    names,
    kind: object.kind,
    moments: moments.map(({ step, event, result, model, implementation }) => ({
      ...{ step, event },
      result: result === null ? null : errnoName(result),
      model: model === null ? null : lookOf(model.shown, model.boxes),
      implementation: implementation === null ? null : lookOf(implementation, null),
    })),
  };
}

function lookOf({ state, context }: AbstractState, boxes: readonly string[] | null): ViewLook {
  const entries = Object.entries(context);
  return { boxes, state, context: entries.map(([name, value]) => [name, String(value)]) };
}
