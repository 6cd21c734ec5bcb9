/** The typed arrays that generated code reads, each once, by name. */
export class Tables {
  readonly arrays: Record<string, Int16Array | Int32Array | Uint8Array> = {};
  private readonly names = new Map<unknown, string>();

  /** The name of a row of a machine's table. */
  row(row: Int32Array): string {
    const isSmall = row.every((state) => state < 1 << 15);
    return this.add(`r ${row.join()}`, isSmall ? Int16Array.from(row) : row);
  }

  /** The name of the cells of a claim. */
  cells(cells: Uint8Array): string {
    return this.add(cells, cells);
  }

  /** Text that binds every name, given the object `arrays`. */
  get bindings(): string {
    return `const { ${Object.keys(this.arrays).join(', ')} } = arrays;`;
  }

  private add(key: unknown, array: Int16Array | Int32Array | Uint8Array): string {
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `t${this.names.size}`;
    this.names.set(key, name);
    this.arrays[name] = array;
    return name;
  }
}

/** `w0, w1`: the packed state as a list of arguments. */
export function wordNames(words: number, prefix: string = 'w'): string {
  return Array.from({ length: words }, (_, word) => `${prefix}${word}`).join(', ');
}
