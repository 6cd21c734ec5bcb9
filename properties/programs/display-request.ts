import { PROPERTIES, type PropertyName } from '../../impl/drm/kms/kms-uapi.ts';
import { UserArray } from '../../impl/uapi/user-array.ts';

/** A property of an object, by its number, and what it shall be. */
export type Setting = readonly [object: number, property: PropertyName | number, value: number];

/** The arrays of an atomic call, for settings in their order; those of one object stand together. */
export function atomicFields(settings: readonly Setting[]): Record<string, unknown> {
  const objects: number[] = [];
  const counts: number[] = [];
  for (const [object] of settings) {
    if (objects.at(-1) === object) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else {
      objects.push(object);
      counts.push(1);
    }
  }
  const properties = settings.map(([, name]) =>
    typeof name === 'number' ? name : PROPERTIES[name],
  );
  return {
    count_objs: objects.length,
    objs_ptr: new UserArray(objects),
    count_props_ptr: new UserArray(counts),
    props_ptr: new UserArray(properties),
    prop_values_ptr: new UserArray(settings.map(([, , value]) => value)),
  };
}
