import { expect, expectTypeOf, test } from 'vitest';

import {
  HISTORICAL_FAULTS,
  KERNEL_FAULTS,
  RULES,
  RULES_BY_FAMILY,
  SCENARIOS,
  WINDOWS,
  family,
  isRuleId,
  rule,
  type RuleId,
} from './catalogue.ts';

test('the rule files define 852 rules, 77 windows, 93 scenarios and 117 faults', () => {
  expect(RULES).toHaveLength(852);
  expect(WINDOWS).toHaveLength(41 + 36);
  expect(SCENARIOS).toHaveLength(78 + 15);
  expect(HISTORICAL_FAULTS).toHaveLength(104);
  expect(KERNEL_FAULTS).toHaveLength(13);
});

test('each family has the number of rules that the rule files give it', () => {
  const counts = [...RULES_BY_FAMILY].map(([name, rules]) => [name, rules.length]);
  expect(Object.fromEntries(counts)).toEqual({
    FENCE: 92,
    ARRAY: 29,
    CHAIN: 30,
    UNWRAP: 16,
    SYNCFILE: 31,
    SWSYNC: 25,
    CONTRACT: 35,
    WW: 56,
    RESV: 72,
    BUF: 39,
    ATTACH: 33,
    CPU: 13,
    POLL: 16,
    IOCTL: 16,
    HEAP: 19,
    UDMABUF: 19,
    LOCKING: 12,
    SYNCOBJ: 37,
    PRIME: 16,
    EXEC: 12,
    SCHED: 35,
    VGEM: 8,
    KMS: 24,
    EVICT: 13,
    VB2: 16,
    DYN: 13,
    DEV: 15,
    'HW-TIME': 7,
    'HW-MEM': 8,
    'HW-IOMMU': 8,
    'HW-CACHE': 9,
    'HW-DMA': 9,
    'HW-GPU': 18,
    'HW-DISP': 12,
    'HW-CAM': 8,
    'HW-CODEC': 5,
    'HW-IRQ': 8,
    E2E: 18,
  });
});

test('no rule, window, scenario or fault is without its text', () => {
  const parts = [
    ...RULES.flatMap(({ text, source, observe, section }) => [text, source, observe, section]),
    ...WINDOWS.flatMap(({ text, section }) => [text, section]),
    ...SCENARIOS.flatMap(({ text, section }) => [text, section]),
    ...KERNEL_FAULTS.flatMap(({ ruleBroken, mechanism, evidence }) => [
      ruleBroken,
      mechanism,
      evidence,
    ]),
  ];
  expect(parts.filter((text) => text.trim() === '')).toEqual([]);
});

test('a rule is parsed into its parts', () => {
  expect(rule('FENCE-004')).toEqual({
    id: 'FENCE-004',
    kind: 'seq',
    text: 'Allocating 0 contexts WARNs and returns the current counter value without reserving it, so the next caller may receive the same number.',
    source: 'dma_fence_context_alloc',
    observe: 'alloc(0) then alloc(1) return equal values plus one WARN',
    file: 'fences.md',
    section: '1. Fence core / 1.1 Creation, references, release',
    line: 37,
  });
});

test('an unknown id neither compiles nor passes', () => {
  expectTypeOf<'FENCE-001'>().toExtend<RuleId>();
  expectTypeOf<'FENCE-999'>().not.toExtend<RuleId>();
  expect(isRuleId('FENCE-999')).toBe(false);
  // @ts-expect-error: the id is not in the catalogue.
  expect(() => rule('FENCE-999')).toThrow('There is no rule called FENCE-999');
  // @ts-expect-error: the id is not in the catalogue.
  expect(() => family('constructor')).toThrow(RangeError);
});

test('a family is the id without its number, also when the family has a hyphen', () => {
  expect(family('FENCE-043')).toBe('FENCE');
  expect(family('HW-GPU-001')).toBe('HW-GPU');
});
