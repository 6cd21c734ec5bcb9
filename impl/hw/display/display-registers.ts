/** Registers of a screen, as the bus knows them. */
export const CRTC_ENABLE = 'ENABLE';
/** The shadow registers are taken over at the next blank lines. */
export const CRTC_GO = 'GO';
/** They are taken over at the next line. */
export const CRTC_FLIP = 'FLIP';
export const CRTC_LINE = 'LINE';
export const CRTC_FRAME_COUNT = 'FRAME_COUNT';
export const CRTC_IRQ_STATUS = 'IRQ_STATUS';
export const CRTC_IRQ_ENABLE = 'IRQ_ENABLE';

/** Where the pixels of a plane are, and what is done with them. */
export type PlaneRegister = 'ADDR' | 'CTL';
export const PLANE_REGISTERS: readonly PlaneRegister[] = ['ADDR', 'CTL'];

/** Names that are made once; those of further planes are made each time. */
const NAMED_PLANES = 4;

function named(bank: 'SHADOW' | 'ACTIVE', register: PlaneRegister): readonly string[] {
  return Array.from({ length: NAMED_PLANES }, (_, plane) => `${bank}${plane}.${register}`);
}

const SHADOW = { ADDR: named('SHADOW', 'ADDR'), CTL: named('SHADOW', 'CTL') } as const;
const ACTIVE = { ADDR: named('ACTIVE', 'ADDR'), CTL: named('ACTIVE', 'CTL') } as const;

/** What software writes: taken over sooner or later. */
export function shadowOf(plane: number, register: PlaneRegister): string {
  return SHADOW[register][plane] ?? `SHADOW${plane}.${register}`;
}

/** What is shown. */
export function activeOf(plane: number, register: PlaneRegister): string {
  return ACTIVE[register][plane] ?? `ACTIVE${plane}.${register}`;
}

/** Bits of a plane's `CTL`. */
export const PLANE_ON = 1;

/** Bits of `CRTC_IRQ_STATUS` and `CRTC_IRQ_ENABLE`; a status bit is cleared by writing it. */
export const CRTC_IRQ_VBLANK = 1;
export const CRTC_IRQ_UNDERRUN = 2;
export const CRTC_IRQ_FAULT = 4;
