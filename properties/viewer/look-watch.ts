import type { KernelObject } from '../../impl/kernel/object.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import type { AbstractState } from '../../model/events.ts';
import type { LazyTable } from '../../model/lazy-table.ts';
import { activeBoxes } from '../../model/state-graph.ts';
import type { MachineListener } from '../explore/guided/listener.ts';

/** What a machine is in, as diagrams name it, and what it wants to be shown. */
export interface ModelLook {
  readonly boxes: readonly string[];
  readonly shown: AbstractState;
}

/** A row of an object's history. */
export interface Moment {
  readonly step: number;
  /** Null: nothing was told, but the object looks otherwise. */
  readonly event: string | null;
  readonly result: number | null;
  readonly model: ModelLook | null;
  readonly implementation: AbstractState | null;
}

/** One object, under all names that it has had. */
export interface Watched {
  readonly object: KernelObject;
  readonly moments: Moment[];
  model: ModelLook | null;
  /** The last look, as a text to compare with. */
  seen: string;
  isFreed: boolean;
}

/** Notes of every object what its machine is in and what it shows itself, whenever that changes. */
export class LookWatch implements MachineListener {
  readonly objects: Map<KernelObject, Watched> = new Map();
  /** Which object had this name; the last one, when there were several. */
  readonly names: Map<string, KernelObject> = new Map();
  private step = 0;

  begin(): void {}

  taken(
    object: KernelObject,
    table: LazyTable,
    _state: number,
    _event: number,
    next: number,
  ): void {
    const watched = this.watch(object);
    const boxes = activeBoxes(table.lifecycle.kind, table.stateName(next));
    watched.model = { boxes, shown: table.view(next) };
  }

  /** The event happened in the step that is being made; 0 during the set-up. */
  event({ object, name, result }: WorldEvent, step: number): void {
    this.step = step;
    this.note(this.watch(object), name, result);
  }

  stepped(world: World, step: number): void {
    this.step = step;
    for (const object of world.memory.objects) this.look(object);
  }

  private look(object: KernelObject): void {
    const known = this.objects.get(object);
    if (object.freedBy !== null) {
      if (known !== undefined) this.free(known, object.freedBy);
      return;
    }
    this.names.set(object.label, object);
    const shown = object.abstract();
    if (shown === null) return;
    const watched = known ?? this.watch(object);
    if (JSON.stringify(shown) !== watched.seen) this.note(watched, null, null);
  }

  private free(watched: Watched, by: string): void {
    if (watched.isFreed) return;
    watched.isFreed = true;
    const implementation = { state: `freed by ${by}`, context: {} };
    const { step } = this;
    watched.moments.push({ step, event: null, result: null, model: watched.model, implementation });
  }

  private note(watched: Watched, event: string | null, result: number | null): void {
    const shown = watched.object.freedBy === null ? watched.object.abstract() : null;
    watched.seen = JSON.stringify(shown);
    const { model } = watched;
    const { step } = this;
    watched.moments.push({ step, event, result, model, implementation: shown });
  }

  private watch(object: KernelObject): Watched {
    let watched = this.objects.get(object);
    if (watched === undefined) {
      watched = { object, moments: [], model: null, seen: '', isFreed: false };
      this.objects.set(object, watched);
    }
    this.names.set(object.label, object);
    return watched;
  }
}
