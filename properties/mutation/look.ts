/**
 * How closely tests look at a mutant. First some properties, a few runs each, and unit tests; then the
 * other properties; then recordings of a real kernel, walks of the model, litmus programs in all of
 * their states, and tests of judges and explorers; then every property, scenario and selftest in full.
 * Each look takes what the ones before it did not notice: most mutants are seen by anything, and the
 * last look takes minutes.
 */
export type Look = 'first' | 'second' | 'third' | 'fourth';

export const LOOKS: readonly Look[] = ['first', 'second', 'third', 'fourth'];
