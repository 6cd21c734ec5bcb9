import { PageMapping, type PageLookup } from '../../impl/exporters/page-mapping.ts';
import type { MapBacking, MapRequest } from '../../impl/uapi/mapping.ts';
import { PAGE_SIZE } from '../../impl/uapi/pages.ts';

/** A mapping that begins at the first page, whatever its offset, where there is one at all. */
export function fromTheFirstPage(
  backing: MapBacking | number,
  { offset }: MapRequest,
  lookup: PageLookup,
): MapBacking | number {
  if (typeof backing === 'number') return backing;
  return new PageMapping((number) => lookup(number - offset / PAGE_SIZE), backing.pages);
}
