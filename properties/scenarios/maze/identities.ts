/** One open dma-buf. */
export interface MazeBuffer {
  readonly exporter: MazeObject;
}

/** One object of a device; an importing one names the buffer that it was made from. */
export interface MazeObject {
  readonly device: string;
  readonly imported: MazeBuffer | null;
  /** In how many handle tables it is. */
  handles: number;
  /** The buffer that it holds as long as somebody has a handle. */
  buffer: MazeBuffer | null;
}

/** An open file of a device. */
export interface MazeFile {
  readonly name: string;
  readonly device: string;
  readonly handles: Map<number, MazeObject>;
  /** What it knows under which handle. */
  readonly known: Map<MazeBuffer, number>;
}

/** Which way an export or import went, and what is behind it now. */
export interface Exported {
  readonly way: 'unknown' | 'known' | 'foreign' | 'shared' | 'fresh';
  readonly buffer: MazeBuffer | null;
}

export interface Imported {
  readonly way: 'known' | 'own' | 'foreign';
  readonly handle: number;
  readonly object: MazeObject;
}

/**
 * The reference for who has what under which name: triples of object, handle and buffer, and
 * descriptors. It knows nothing of locks or references; a buffer is there while anybody names it.
 */
export class Identities {
  readonly files: readonly MazeFile[];
  /** Open descriptors by the names that programs have given to them. */
  readonly descriptors: Map<string, MazeBuffer> = new Map();

  constructor(files: Readonly<Record<string, string>>) {
    this.files = Object.entries(files).map(([name, device]) => ({
      name,
      device,
      handles: new Map<number, MazeObject>(),
      known: new Map<MazeBuffer, number>(),
    }));
  }

  create(file: MazeFile): { readonly handle: number; readonly object: MazeObject } {
    const object: MazeObject = { device: file.device, imported: null, handles: 0, buffer: null };
    return { handle: this.addHandle(file, object), object };
  }

  export(file: MazeFile, handle: number, descriptor: string): Exported {
    const object = file.handles.get(handle);
    if (object === undefined) return { way: 'unknown', buffer: null };
    const known = [...file.known].find(([, number]) => number === handle)?.[0];
    const buffer = known ?? object.imported ?? object.buffer ?? { exporter: object };
    let way: Exported['way'] = 'fresh';
    if (known !== undefined) way = 'known';
    else if (object.imported !== null) way = 'foreign';
    else if (object.buffer !== null) way = 'shared';
    object.buffer = buffer;
    file.known.set(buffer, handle);
    this.descriptors.set(descriptor, buffer);
    return { way, buffer };
  }

  import(file: MazeFile, buffer: MazeBuffer): Imported {
    const known = file.known.get(buffer);
    const mine = known === undefined ? undefined : file.handles.get(known);
    if (known !== undefined && mine !== undefined) {
      return { way: 'known', handle: known, object: mine };
    }
    const isOwn = buffer.exporter.device === file.device;
    const object: MazeObject = isOwn
      ? buffer.exporter
      : { device: file.device, imported: buffer, handles: 0, buffer: null };
    const handle = this.addHandle(file, object);
    object.buffer = buffer;
    file.known.set(buffer, handle);
    return { way: isOwn ? 'own' : 'foreign', handle, object };
  }

  /** A handle in another file of the device, found by the object's global name: nothing is known. */
  open(file: MazeFile, object: MazeObject): number {
    return this.addHandle(file, object);
  }

  /** The file knows the buffer of what is behind this handle, under another one. */
  isKnownOtherwise(file: MazeFile, handle: number): boolean {
    const object = file.handles.get(handle);
    const buffer = object?.imported ?? object?.buffer ?? null;
    const known = buffer === null ? undefined : file.known.get(buffer);
    return known !== undefined && known !== handle;
  }

  /** False: the number is not, or no longer, a handle. */
  close(file: MazeFile, handle: number): boolean {
    const object = file.handles.get(handle);
    if (object === undefined) return false;
    file.handles.delete(handle);
    for (const [buffer, number] of file.known) if (number === handle) file.known.delete(buffer);
    object.handles -= 1;
    if (object.handles === 0) object.buffer = null;
    return true;
  }

  /** What `count` says of a buffer. */
  count(buffer: MazeBuffer): number {
    const objects = this.objects();
    const named = [...this.descriptors.values()].filter((one) => one === buffer).length;
    const known = this.files.filter((file) => file.known.has(buffer)).length;
    const held = objects.filter((object) => object.buffer === buffer).length;
    return named + known + held + this.importers(buffer);
  }

  /** Objects made from a buffer: each is attached, and has it mapped. */
  importers(buffer: MazeBuffer): number {
    return this.objects().filter(({ imported }) => imported === buffer).length;
  }

  /** Those that somebody has a handle for. */
  private objects(): readonly MazeObject[] {
    return [...new Set(this.files.flatMap(({ handles }) => [...handles.values()]))];
  }

  /** The lowest number that is free. */
  private addHandle(file: MazeFile, object: MazeObject): number {
    let handle = 1;
    while (file.handles.has(handle)) handle += 1;
    file.handles.set(handle, object);
    object.handles += 1;
    return handle;
  }
}
